// When something cannot be fetched: say so, keep what stands, try again. The map's own classes and filters are watched in
// map.js (data-map=away); here are the words that Dash asks for, and the tiles of outlines and names.
window.heat = window.heat || {};
(() => {
  const PAUSE = 10_000;
  const page = document.documentElement;

  // ---- words: every callback goes through fetch; one that is not answered leaves the old words standing ----

  const ask = window.fetch;
  let again = 0;
  const missed = () => {
    page.dataset.words = 'away';
    clearTimeout(again);
    again = setTimeout(heat.askAgain, PAUSE);
  };
  const heard = () => {
    clearTimeout(again);
    delete page.dataset.words;
  };
  heat.askAgain = () => {
    if (page.dataset.words === 'away' && document.getElementById('map-page')) window.dash_clientside.set_props('again', { data: Date.now() });
  };
  window.fetch = async (what, ...rest) => {
    if (!String(what?.url ?? what).includes('/_dash-update-component')) return ask(what, ...rest);
    try {
      const answer = await ask(what, ...rest);
      if (answer.ok) heard(); else missed();
      return answer;
    } catch (fault) {
      missed();
      throw fault;
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
