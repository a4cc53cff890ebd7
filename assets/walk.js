// The map without a mouse: arrows walk from area to area (etl/walk.py made the ways), each is read out. A button starts it (#walk-start,
// heatmap/pages/map.py): only then does an element over the map take the keys, so a screen reader's own keys work until then.
(() => {
  if (!heat.page?.levels) return; // a page without a map
  const { page } = heat;
  const WAYS = { ArrowUp: 0, ArrowRight: 1, ArrowDown: 2, ArrowLeft: 3 };
  const NAMES = ['north', 'east', 'south', 'west'];
  const STEP = 100; // px, as MapLibre's own keys
  const RING_BELOW = { lsoa: 10.8, msoa: 9.5, lad: 5.5, icb: 0, rgn: 0 }; // zooms at which an outline is too small to see
  const calm = matchMedia('(prefers-reduced-motion: reduce)');

  let map = null;
  let here = null; // { level, position } of the area walked to
  let ring = null;
  let ground = null; // has the focus and takes the keys while one walks
  let queue = Promise.resolve(); // presses are taken one after the other, also while the ways are on their way

  const middleOf = (middles, level, i) => [middles[i] / 1e4, middles[page.levels[level].count + i] / 1e4];

  heat.onMap((began) => {
    map = began;
    ring = heat.make('div', { className: 'walk-ring', hidden: true });
    ground = heat.make('div', { id: 'walk', tabIndex: -1, hidden: true, role: 'application', 'aria-label': 'Walking the map. Arrow keys go from area to area and read each out, Enter opens the area, Escape stops. Shift and arrows move the map, plus and minus zoom.' });
    map.getContainer().append(ring, ground);
    ground.addEventListener('keydown', press);
    ground.addEventListener('blur', () => { ground.hidden = true; mark(); });
    map.on('move', place);
    map.on('mousedown', () => { here = null; mark(); });
  });

  heat.startWalk = () => {
    if (!ground) return;
    ground.hidden = false;
    ground.focus({ preventScroll: true });
    mark();
  };
  let opened = false; // the place on show was opened from here: when it is shut, the walk goes on
  heat.walkOn = () => {
    if (!opened) return false;
    opened = false;
    heat.startWalk();
    return true;
  };

  function press(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const way = WAYS[event.key];
    const glide = { duration: calm.matches ? 0 : 150, noMoveStart: true };
    if (way !== undefined) {
      event.preventDefault();
      if (event.shiftKey) map.panBy([[0, -STEP], [STEP, 0], [0, STEP], [-STEP, 0]][way], glide);
      else queue = queue.then(() => walk(way)).catch(() => heat.tell('We could not load the next area. Press the arrow again.'));
    } else if (event.key === '+' || event.key === '=') {
      map.zoomIn({ duration: calm.matches ? 0 : 200 });
    } else if (event.key === '-' || event.key === '_') {
      map.zoomOut({ duration: calm.matches ? 0 : 200 });
    } else if (event.key === 'Enter') {
      event.preventDefault();
      queue.then(choose);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      heat.at('walk-start')?.focus({ preventScroll: true });
    }
  }

  async function walk(way) {
    const want = heat.now;
    if (!want) return;
    const { level } = want;
    const [ways, middles, beyond] = await Promise.all([
      heat.loadWalk(level), heat.loadMiddles(level), heat.loadBeyond(level), heat.areas.load(), heat.viewOf(want).value ? heat.loadFigures(want) : null,
    ]);
    const { count } = page.levels[level];
    const from = whereFrom(level);
    const next = from === null ? inTheMiddle(level, middles) : ways[way * count + from];
    if (next < 0) {
      heat.tell(`There is nothing further ${NAMES[way]}.`);
      return;
    }
    here = { level, position: next };
    heat.bringIn(middleOf(middles, level, next));
    mark();
    const jump = from !== null && (beyond[from] >> way) & 1 ? `No neighbour to the ${NAMES[way]}; the nearest area that way is ` : '';
    heat.tell(`${jump}${heat.areas.label(level, next)}: ${heat.say(next)}.`);
  }
  // From where one stands; else from the chosen area, else from the one under the pointer.
  function whereFrom(level) {
    if (here?.level === level) return here.position;
    const chosen = heat.now.area && heat.areas.position(heat.now.area);
    if (chosen && chosen.level === level) return chosen.position;
    return heat.pointed();
  }
  function inTheMiddle(level, middles) {
    const { clientWidth: width, clientHeight: height } = map.getCanvas();
    const room = heat.room();
    const point = [(room.left + width - room.right) / 2, (room.top + height - room.bottom) / 2];
    const found = map.queryRenderedFeatures(point, { layers: [`areas-${level}`] })[0];
    if (found) return found.id;
    const { lng, lat } = map.unproject(point); // the sea: the nearest area
    const { count } = page.levels[level];
    let best = 0;
    let least = Infinity;
    for (let i = 0; i < count; i++) {
      const [east, north] = middleOf(middles, level, i);
      const far = ((east - lng) * 0.6) ** 2 + (north - lat) ** 2;
      if (far < least) { least = far; best = i; }
    }
    return best;
  }
  async function choose() {
    await heat.areas.load();
    const code = here && here.level === heat.now.level ? heat.areas.code(here.level, here.position) : heat.now.area;
    if (!code) return;
    opened = true;
    heat.keyboard = true; // the panel's heading gets the focus (controls.js)
    if (code === heat.now.area) heat.at('place-title')?.focus();
    else heat.set({ area: code });
  }

  // ---- the mark of where the walk is: ink, while it goes on ----

  let marked = '';
  let middle = null;
  async function mark() {
    const on = here && here.level === heat.now?.level && document.activeElement === ground ? here : null;
    const name = on ? `${on.level} ${on.position}` : '';
    if (name !== marked) {
      const [before] = marked.split(' ');
      marked = name;
      ['walkedunder', 'walked'].forEach((kind) => {
        if (before) map.setLayoutProperty(`${kind}-${before}`, 'visibility', 'none');
        if (!on) return;
        map.setFilter(`${kind}-${on.level}`, ['==', ['id'], on.position]);
        map.setLayoutProperty(`${kind}-${on.level}`, 'visibility', 'visible');
      });
    }
    map.getContainer().dataset.walked = on ? heat.areas.code(on.level, on.position) : '';
    middle = on ? middleOf(await heat.loadMiddles(on.level), on.level, on.position) : null;
    if (!on) { ring.hidden = true; heat.tip(null); }
    place();
  }
  function place() {
    if (!middle || !here) return;
    const point = map.project(middle);
    ring.hidden = map.getZoom() > RING_BELOW[here.level];
    ring.style.transform = `translate(${point.x}px, ${point.y}px)`;
    heat.tip(here.position, { x: point.x + 8, y: point.y + 8 });
  }
  let chosen = '';
  heat.draws(({ level, area }) => {
    // Another place chosen, by search or in the table: the walk goes on from there.
    if (here && (here.level !== level || (area && area !== chosen))) here = null;
    chosen = area;
    if (map) mark();
  });
})();
