// Put into every page before its own scripts, whoever made it: when did the map stand idle, and in what colours?
(() => {
  const bench = (window.bench = { map: null, idles: [], clicked: 0, entered: 0 });
  const find = () => window.heat?.map || window.floorMap || document.querySelector('.js-plotly-plot')?._fullLayout?.map?._subplot?.map;
  addEventListener('click', (event) => { bench.clicked = Math.min(bench.clicked, event.timeStamp); }, true); // a label clicks its input too
  addEventListener('keydown', (event) => { if (event.key === 'Enter') bench.entered = event.timeStamp; }, true);

  // The areas' colours as drawn in the middle of the map, as one text: it changes when the indicator does.
  const colours = () => {
    const { width, height } = bench.map.getContainer().getBoundingClientRect();
    const box = [[width / 2 - 150, height / 2 - 20], [width / 2 - 110, height / 2 + 20]];
    const areas = bench.map.queryRenderedFeatures(box).filter(({ layer }) => layer.type === 'fill' && /^areas|^plotly/.test(layer.id));
    const seen = {};
    areas.forEach(({ layer }) => { const ink = String(layer.paint['fill-color']); seen[ink] = (seen[ink] || 0) + 1; });
    return Object.keys(seen).length > 2 ? JSON.stringify(Object.entries(seen).sort()) : ''; // one colour: not yet painted
  };
  const waiting = setInterval(() => {
    if (!(bench.map = find())) return;
    clearInterval(waiting);
    bench.map.on('idle', () => {
      const at = performance.now();
      setTimeout(() => bench.idles.push({ at, colours: colours() })); // looked at afterwards, outside what is timed
    });
  }, 5);

  // The time between frames while the map is moved: [method, arguments...] in turn.
  bench.frames = async (moves) => {
    const gaps = [];
    let last = 0;
    let moving = true;
    const tick = (now) => { if (last) gaps.push(now - last); last = now; if (moving) requestAnimationFrame(tick); };
    requestAnimationFrame(tick);
    for (const [method, ...given] of moves) {
      const ended = new Promise((done) => { bench.map.once('moveend', done); });
      bench.map[method](...given);
      await ended;
    }
    moving = false;
    return gaps;
  };

  // From Enter to the frame that shows this heading.
  bench.shows = (text) => new Promise((done) => {
    const look = () => {
      const title = document.getElementById('place-title');
      if (title?.textContent !== text || !title.getClientRects().length) return;
      watcher.disconnect();
      requestAnimationFrame(() => done(performance.now() - bench.entered));
    };
    const watcher = new MutationObserver(look);
    watcher.observe(document.documentElement, { childList: true, subtree: true, characterData: true });
    look();
  });
})();
