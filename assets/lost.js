// When something is on its way or cannot be fetched: say so, keep what stands, try again. The map's own classes and filters are
// watched in figures.js (data-figures=away); here are the pages and words that Dash asks for, and the tiles of outlines and names.
window.heat = window.heat || {};
(() => {
  const PAUSE = 10_000;
  const page = document.documentElement;

  // ---- the frame of the first HTML (heatmap/pages/first.py) goes in the moment in which Dash has drawn the page ----

  const first = document.getElementById('first');
  const watch = new MutationObserver(() => {
    if (!document.getElementById('page')?.firstChild) return;
    first.remove();
    watch.disconnect();
  });
  if (first) watch.observe(document.body, { childList: true, subtree: true });

  // ---- words: every question of Dash goes through fetch. One that is not answered waits and is asked again, so that to Dash the
  // server is slow, never gone: whatever page it is, its old words stand, and the new ones follow by themselves ----

  const ask = window.fetch;
  const waiting = [];
  let again = 0;
  const pause = () => new Promise((go) => {
    waiting.push(go);
    page.dataset.words = 'away';
    clearTimeout(again);
    again = setTimeout(heat.askAgain, PAUSE);
  });
  heat.askAgain = () => { waiting.splice(0).forEach((go) => go()); };
  window.fetch = async (what, ...how) => {
    if (!String(what?.url ?? what).includes('/_dash-')) return ask(what, ...how);
    for (;;) {
      const answer = await ask(what, ...how).catch((fault) => {
        if (fault.name === 'AbortError') throw fault; // the page wants it no more
      });
      if (answer?.ok) {
        if (!waiting.length) delete page.dataset.words;
        return answer;
      }
      await pause();
    }
  };

  // ---- tiles: what came stays on the map; the sources that lack some are read again ----

  const lacking = new Set();
  let later = 0;
  const readAgain = () => {
    lacking.forEach((name) => {
      const source = heat.map.getSource(name);
      source?.setTiles?.(source.tiles);
    });
    lacking.clear();
    delete page.dataset.tiles;
  };
  heat.tilesAgain = readAgain;
  heat.onMap?.((map) => map.on('error', ({ sourceId, error }) => {
    if (!sourceId) throw error; // a fault of ours, not of the network
    lacking.add(sourceId);
    page.dataset.tiles = 'away';
    clearTimeout(later);
    later = setTimeout(readAgain, PAUSE);
  }));
})();
