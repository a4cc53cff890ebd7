// When something is on its way or cannot be fetched: say so, keep what stands, try again. The map's own classes and filters are
// watched in figures.js (data-figures=away); here are the pages and words that Dash asks for, and the tiles of outlines and names.
(() => {
  const PAUSE = 10_000;
  const page = document.documentElement;

  // ---- the frame of the first HTML (heatmap/pages/frame/first.py) goes in the moment in which Dash has drawn the page ----

  const first = heat.at('first');
  const watch = new MutationObserver(() => {
    if (!heat.at('page')?.firstChild) return;
    first.remove();
    watch.disconnect();
  });
  if (first) watch.observe(document.body, { childList: true, subtree: true });

  // ---- words: every question of Dash goes through fetch. One that is not answered waits and is asked again, so that to Dash the
  // server is slow, never gone: whatever page it is, its old words stand, and the new ones follow by themselves. So do those of a
  // page that Dash does not draw ----

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
  // Read here, since an answer that breaks off or is a network's own page must not reach Dash.
  const vet = async (answer) => {
    heat.check(answer);
    if (!answer.ok) throw new Error(`${answer.status}`);
    if (answer.status === 204) return answer;
    const text = await answer.text();
    JSON.parse(text);
    return new Response(text, { status: answer.status, headers: answer.headers });
  };
  // take(cache)   asks once; nothing where that failed
  const insist = async (take, cache) => {
    for (; ; cache = 'reload') { // asked again past the browser's cache, which may hold a wrong answer
      const answer = await take(cache).catch((fault) => {
        if (fault.name === 'AbortError') throw fault; // the page wants it no more
      });
      if (answer !== undefined) {
        if (!waiting.length) delete page.dataset.words;
        return answer;
      }
      if (heat.isOld()) return new Promise(() => {}); // the old words stand until the page is loaded again
      await pause();
    }
  };
  window.fetch = (what, how = {}) => {
    if (!/\/_dash-(?!component)/.test(String(what?.url ?? what))) return ask(what, how);
    return insist((cache) => ask(what, { ...how, cache }).then(vet), how.cache);
  };
  // The words at an address (words.js); where they are no more, the reader is led there and told.
  heat.askWords = (address, signal) => insist(async (cache) => {
    const answer = await ask(address, { headers: { 'Heatmap-Words': '1' }, cache, signal });
    heat.check(answer);
    if (answer.status >= 500) throw new Error(`${answer.status}`);
    if (!answer.ok) location.assign(address);
    return answer.text();
  }, 'no-cache');

  // ---- tiles: what came stays on the map; the sources that lack some are read again ----

  const lacking = new Set();
  const doubted = new Set(); // tiles that were answered wrongly: asked again past the browser's cache
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
  heat.onMap?.((map) => {
    map.setTransformRequest((url) => ({ url, ...(doubted.delete(url) && { cache: 'reload' }) }));
    map.on('error', ({ sourceId, tile, error }) => {
      if (!sourceId) throw error; // a fault of ours, not of the network
      if (error?.status === 410) heat.pageIsOld(); // tiles of another build (heatmap/api/map_files.py)
      const source = map.getSource(sourceId);
      if (tile && source?.tiles) doubted.add(tile.tileID.canonical.url(source.tiles, devicePixelRatio, source.scheme));
      lacking.add(sourceId);
      page.dataset.tiles = 'away';
      clearTimeout(later);
      later = setTimeout(readAgain, PAUSE);
    });
  });

  // ---- what is said of all this: notices are there from the start, hidden; one at a time ----

  const notices = {
    '.when-away': ({ words, figures }) => words === 'away' || figures === 'away',
    '#loading': ({ map }) => map === 'loading',
    '.when-tiles-away': ({ words, figures, tiles }) => tiles === 'away' && words !== 'away' && figures !== 'away',
  };
  const show = () => Object.entries(notices).forEach(([name, holds]) => document.querySelectorAll(name).forEach((each) => {
    const hidden = heat.isOld() || !holds(page.dataset);
    if (each.hidden !== hidden) each.hidden = hidden;
  }));
  new MutationObserver(show).observe(page, { attributes: true, attributeFilter: ['data-words', 'data-figures', 'data-tiles', 'data-map', 'data-page'] });
  show();
})();
