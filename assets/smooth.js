// On a computer that draws slowly, hairlines and names wait until the map rests, so that it follows the hand. On any other nothing changes.
(() => {
  if (!heat.page?.levels) return; // a page without a map
  const SLOW = 40; // milliseconds between frames
  const AFTER = 120; // milliseconds of rest until they are drawn again: a second push of the map comes sooner
  const LAYERS = heat.page.style.layers.flatMap(({ id, type }) => (id === 'labels' ? [[id, 'icon-opacity']]
    : type === 'line' && /^(edges-|authorities$)/.test(id) ? [[id, 'line-opacity']] : []));

  heat.onMap((map) => {
    let slow = false; // learnt from the frames of a move, while this page lives
    let usual = null; // what is put aside, and as it was
    let gaps = [];
    let last = 0;
    let timer = 0;
    const putAside = () => {
      if (usual) return;
      usual = LAYERS.map(([layer, key]) => map.getPaintProperty(layer, key));
      LAYERS.forEach(([layer, key]) => map.setPaintProperty(layer, key, 0));
    };
    const putBack = () => {
      LAYERS.forEach(([layer, key], i) => map.setPaintProperty(layer, key, usual[i]));
      usual = null;
    };
    map.on('movestart', () => {
      clearTimeout(timer);
      last = 0; // the gap between two moves is nobody's fault; those within add up over moves, however short
      if (slow) putAside();
    });
    map.on('render', () => {
      if (slow || !map.isMoving()) return;
      const at = performance.now();
      if (last) gaps.push(at - last);
      last = at;
      if (gaps.length < 3) return;
      slow = gaps.sort((a, b) => a - b)[1] > SLOW; // the middle one: a single stumble counts for nothing
      gaps = [];
      if (slow) putAside();
    });
    map.on('moveend', () => {
      if (usual) timer = setTimeout(() => { if (!map.isMoving()) putBack(); }, AFTER);
    });
  });
})();
