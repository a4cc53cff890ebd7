// Only while `heatmap show` watches a card: asks each second which save is on show, and loads the page again when it is a newer one.
// What is wrong with a save stands on the page until the next good one.
(() => {
  const shown = document.currentScript.dataset.live;
  const fault = heat.make('aside', { className: 'msg warn live-fault', role: 'alert' });

  const tell = (sentences) => {
    if (!sentences.length) {
      fault.remove();
      return;
    }
    const text = ['Not drawn: this is still your last good save.', ...sentences].join('\n');
    if (fault.textContent !== text) fault.textContent = text; // as text: a file's words are nobody's HTML
    if (!fault.isConnected) document.body.append(fault);
  };

  setInterval(async () => {
    try {
      const answer = await fetch('/live', { cache: 'no-store' });
      if (!answer.ok || !answer.headers.has('Heatmap-Release')) return;
      const [save, ...sentences] = (await answer.text()).split('\n');
      if (save !== shown) location.reload();
      else tell(sentences);
    } catch {
      // The server is being started again.
    }
  }, 1000);
})();
