// Only while `heatmap show` watches a card: asks each second which save is on show, and loads the page again when it is a newer one.
(() => {
  const shown = document.currentScript.dataset.live;
  setInterval(async () => {
    try {
      const answer = await fetch("/live", { cache: "no-store" });
      if (answer.ok && (await answer.text()) !== shown) location.reload();
    } catch {
      // The server is being started again.
    }
  }, 1000);
})();
