// The map bridge: it draws what Python described (heatmap/map/description.py) and says what was pointed at and chosen.
// Python decides every class and every filter; this file only fetches, colours and reports.
(() => {
  const { page, read, viewOf, nextSearch } = heat;
  const root = document.documentElement;
  const { levels } = page;
  const LEVELS = Object.keys(levels);
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  const phone = matchMedia('(max-width: 47.99rem)');
  const low = matchMedia('(min-width: 34rem) and (max-height: 34rem)'); // a phone on its side: the place stands beside the map

  // ---- the map itself, begun before Dash is ready and moved into its page when that stands ----

  const holder = heat.at('heat-map');
  const first = read(page.start.search);
  let now = first; // what is on the map
  let map = null; // none while only the table is looked at, and none ever without WebGL
  let isReady = false; // whether it has been drawn
  let lastBox = null; // of what was last chosen or filtered: { code, box }
  if (first.area) holder.parentElement.classList.add('beside-panel');

  const boxOf = (name) => {
    const [west, south, east, north] = page.presets[name];
    return [[west, south], [east, north]];
  };
  // The camera leaves room for what lies over the map: chips and sheet on a phone, legend and first card on a screen.
  const padding = (chosen = Boolean(now.area)) => (low.matches && phone.matches
    ? chosen ? { top: 116, bottom: 90, left: 16, right: Math.min(320, innerWidth * 0.46) + 16 } : { top: 64, bottom: 24, left: Math.min(320, innerWidth * 0.5), right: 16 }
    : low.matches ? { top: 56, bottom: chosen ? 150 : 24, left: 24, right: 24 } : phone.matches
    ? { top: 172, bottom: chosen ? innerHeight * 0.45 + 104 : 140, left: 16, right: 16 }
    : chosen ? { top: 64, bottom: 220, left: 24, right: 24 } : { top: 24, bottom: 40, left: 24, right: innerWidth > 1100 ? 350 : 24 });
  heat.room = padding;
  let missed = null; // the box the map would have flown to, had it been there
  const whereToBegin = (asked) => {
    const parts = asked.view.split('/').map(Number);
    const known = lastBox ? lastBox.code === asked.area && lastBox.box : page.start.box;
    const box = missed || (!asked.view && known);
    if (box) {
      const [west, south, east, north] = box;
      return { bounds: [[west, south], [east, north]], fitBoundsOptions: { padding: padding(), maxZoom: 13 } };
    }
    if (parts.length === 3) return { zoom: parts[0], center: [parts[2], parts[1]] };
    return { bounds: boxOf(page.presets[asked.view] ? asked.view : 'england'), fitBoundsOptions: { padding: padding() } };
  };

  const noMap = (why) => { // a sentence and the table take the map's place
    root.dataset.map = 'none';
    root.dataset.why = why;
    root.dataset.show = 'table';
  };
  heat.beginMap = () => {
    if (map || root.dataset.map === 'none') return;
    if (!window.maplibregl) {
      const library = heat.at('map-library'); // a link to the table does not wait for it
      if (!library || heat.isMissing(library.src)) noMap('library'); // guard.js tries it again
      else ['load', 'error'].forEach((kind) => library.addEventListener(kind, heat.retry, { once: true }));
      return;
    }
    const asked = heat.now ? read(location.search) : first;
    const style = structuredClone(page.style);
    // MapLibre fetches tiles in a worker, which knows no relative address.
    Object.values(style.sources).forEach((source) => { source.tiles = source.tiles.map((url) => location.origin + url); });
    const visible = (name) => { style.layers.find((layer) => layer.id === name).layout.visibility = 'visible'; };
    visible(`areas-${asked.level}`);
    visible(`edges-${asked.level}`);
    try {
      map = new maplibregl.Map({
        container: holder, style, ...whereToBegin(asked), minZoom: 4, maxZoom: 16, maxBounds: [[-26, 47.5], [20, 62]], fadeDuration: 0,
        attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false,
        keyboard: false, // its keys are ours: walk.js
        locale: { 'Map.Title': 'Map of England' },
      });
    } catch {
      noMap('webgl');
      return;
    }
    now = asked;
    // MapLibre gives its workers the whole address as referrer; ours names a place, and tiles need not know it.
    map.style.dispatcher.broadcast('SR', '');
    map.touchZoomRotate.disableRotation();
    const canvas = map.getCanvas();
    canvas.setAttribute('role', 'img'); // its keys are in an element of their own: walk.js
    canvas.tabIndex = -1;
    heat.styled = new Promise((done) => { map.once('style.load', done); });
    heat.mapBegan(map);
  };

  // ---- painting: one state key, and only the areas that change ----

  const shown = {}; // by level: the number of each area's colour as it stands on the map

  heat.draws((want) => {
    pressPreset();
    if (map) {
      showLevel(want.level);
      now = want;
      colour(want);
      mark(want.area);
      map.once('idle', () => stood(want));
      map.triggerRepaint();
    } else {
      now = want;
      stood(want);
    }
    if (viewOf(want).value) heat.loadFigures(want).catch(() => {});
  });
  function stood(want) {
    if (heat.now !== want) return;
    if (root.dataset.map !== 'none') root.dataset.map = root.dataset.figures === 'shown' ? 'painted' : root.dataset.figures;
    holder.dataset.painted = `${want.layer} ${want.level} ${want.groups} ${want.filter}`;
    performance.mark('heat-painted');
    settle();
  }

  function colour(want) {
    const { colours } = viewOf(want);
    const { count } = levels[want.level];
    const old = (shown[want.level] ||= new Uint8Array(count).fill(255));
    const target = { source: want.level, sourceLayer: want.level, id: 0 };
    const missing = [];
    const weak = [];
    for (let i = 0; i < count; i++) {
      const number = heat.classAt(i);
      const kept = heat.isKept(i);
      const ink = !kept ? page.ghost : number ? colours[number - 1] : page.noFigure;
      if (kept && !number) missing.push(i);
      else if (kept && heat.flagAt(i)) weak.push(i);
      if (ink !== old[i]) {
        old[i] = ink;
        target.id = i;
        map.setFeatureState(target, { v: ink });
      }
    }
    pattern('missing', want.level, missing);
    pattern('weak', want.level, weak);
  }

  // Stripes where there is no figure, dots where it is weak: a filter by id, set only when the list changes.
  const patterned = {};
  function pattern(kind, level, ids) {
    const name = `${kind}-${level}`;
    if (patterned[kind] && patterned[kind] !== name) map.setLayoutProperty(patterned[kind], 'visibility', 'none');
    patterned[kind] = '';
    if (!map.getLayer(name)) return;
    map.setLayoutProperty(name, 'visibility', ids.length ? 'visible' : 'none');
    if (!ids.length) return;
    patterned[kind] = name;
    if (patterned[`${name} ids`] === ids.join()) return;
    patterned[`${name} ids`] = ids.join();
    map.setFilter(name, ['in', ['id'], ['literal', ids]]);
  }

  function showLevel(level) {
    if (level === now.level && shown[level]) return;
    LEVELS.forEach((each) => ['areas', 'edges'].forEach((kind) => {
      map.setLayoutProperty(`${kind}-${each}`, 'visibility', each === level ? 'visible' : 'none');
    }));
    pointAt(null);
  }

  // The index of places, which another script brings: the map may stand before it.
  const places = async () => {
    while (!heat.areas) await new Promise((done) => { setTimeout(done, 30); });
    return heat.areas.load().catch(() => {});
  };

  // The chosen place: marigold inside ink, whatever level is coloured below.
  let marked = '';
  async function mark(code) {
    if (code === marked) return;
    marked = code;
    if (code) await places();
    if (code !== marked) return;
    const place = code && heat.areas.position(code);
    LEVELS.forEach((level) => ['casing', 'chosen'].forEach((kind) => {
      const here = place && place.level === level;
      if (here) map.setFilter(`${kind}-${level}`, ['==', ['id'], place.position]);
      map.setLayoutProperty(`${kind}-${level}`, 'visibility', here ? 'visible' : 'none');
    }));
    holder.dataset.chosen = place ? code : '';
  }

  // What may wait until the colours stand: names, authority outlines, the index of places.
  let settled = false;
  let named = false;
  function settle() {
    if (map && !named) {
      named = true;
      map.setLayoutProperty('authorities', 'visibility', 'visible');
      map.setLayoutProperty('labels', 'visibility', 'visible');
      map.setLayoutProperty('ground', 'visibility', 'none');
    }
    if (settled) return;
    settled = true;
    places();
    isReady = true;
    tellReady();
  }
  // Python draws its chart only when the map stands; its page may come before or after the map.
  const tellReady = () => {
    if (isReady && heat.at('map-page')) window.dash_clientside.set_props('map-ready', { data: true });
  };

  heat.onMap(() => map.on('styleimagemissing', ({ id }) => heat.addImage(map, id)));

  // ---- pointing and choosing ----

  const tip = heat.make('div', { className: 'tip', hidden: true });
  holder.append(tip);
  let pointed = null;
  const featureAt = (point) => map.queryRenderedFeatures(point, { layers: [`areas-${now.level}`] })[0];

  heat.tip = (i, point) => { // the small dark card beside an area: its name, and its value in words
    tip.hidden = i === null;
    if (i === null) return;
    tip.replaceChildren(heat.make('b', {}, heat.areas?.label(now.level, i)), heat.make('br'), heat.say(i));
    heat.putTip(tip, point, holder);
  };
  heat.pointed = () => pointed;

  function pointAt(feature, point) {
    const i = feature ? feature.id : null;
    map.getCanvas().style.cursor = feature ? 'pointer' : '';
    if (i !== pointed) {
      pointed = i;
      const on = i !== null && map.getZoom() >= 8.5;
      if (on) map.setFilter(`pointed-${now.level}`, ['==', ['id'], i]);
      LEVELS.forEach((level) => map.setLayoutProperty(`pointed-${level}`, 'visibility', on && level === now.level ? 'visible' : 'none'));
      heat.tip(i, point);
    } else if (point && i !== null) heat.tip(i, point);
  }
  heat.onMap(() => {
    let waiting = false;
    map.on('mousemove', (event) => {
      if (waiting || event.originalEvent.buttons) return;
      waiting = true;
      requestAnimationFrame(() => { waiting = false; pointAt(featureAt(event.point), event.point); });
    });
    map.on('mouseout', () => pointAt(null));
    map.on('dragstart', () => pointAt(null));
    map.on('click', async (event) => {
      const feature = featureAt(event.point);
      if (!feature) return;
      pointAt(null);
      if (heat.spotAt?.(event.point)) return; // a place's symbol lies over the area: spots.js opens it
      const { level } = now;
      await places();
      heat.set({ area: heat.areas.code(level, feature.id) });
    });
  });

  heat.choose = ({ code, level }) => {
    flyNext = true;
    heat.set(level === 'lsoa' ? { area: code, level: '' } : { area: code });
    const box = lastBox;
    if (box && box.code === code) fly(box.box); // the same place again: come back to it
  };

  // ---- the camera ----

  let flyNext = false;
  let own = false; // whether the last move was ours, to a preset whose name the address already holds
  const fly = (box, options = {}) => {
    missed = map ? null : box;
    if (!map) return;
    const [west, south, east, north] = box;
    map.fitBounds([[west, south], [east, north]], { padding: padding(), maxZoom: 13, duration: calm.matches ? 0 : 600, ...options });
  };
  // England, London, Birmingham: filters, so that count, legend and files are of what the map shows; and the view of them.
  const PLACES = ['regions', 'icbs', 'authorities'];
  const pressPreset = () => {
    const asked = new URLSearchParams(location.search);
    document.querySelectorAll('[data-go]').forEach((each) => {
      const wanted = page.within[each.dataset.go];
      each.setAttribute('aria-pressed', PLACES.every((key) => (asked.get(key) || '') === (wanted[key] || '')));
    });
  };
  heat.preset = (name) => {
    own = Boolean(map);
    heat.set({ ...Object.fromEntries(PLACES.map((key) => [key, ''])), ...page.within[name], view: name === 'england' ? '' : name });
    pressPreset();
    map?.fitBounds(boxOf(name), { padding: padding(), duration: calm.matches ? 0 : 600 });
  };
  heat.focus = (data) => { // from Python: the box of what is chosen or filtered
    if (!data) return;
    lastBox = data;
    if (flyNext) {
      flyNext = false;
      fly(data.box);
    } else if (data.code && map && phone.matches) uncover(data.box);
  };
  const uncover = ([west, south, east, north]) => heat.bringIn([(west + east) / 2, (south + north) / 2], padding(true));
  heat.bringIn = (center, room = padding()) => { // a touched or walked-to place must not end under a sheet or outside
    const { x, y } = map.project(center);
    const { clientWidth: width, clientHeight: height } = map.getCanvas();
    if (x < room.left || x > width - room.right || y < room.top || y > height - room.bottom) {
      const offset = [(room.left - room.right) / 2, (room.top - room.bottom) / 2];
      map.easeTo({ center, offset, duration: calm.matches ? 0 : 300 });
    }
  };
  heat.flyNext = () => { flyNext = true; };
  heat.onMap(() => {
    let resized = false; // a panel that opens or a window that changes moves nothing the reader asked for
    map.on('resize', () => { resized = true; queueMicrotask(() => { resized = false; }); });
    map.on('moveend', (event) => {
      if (resized) return;
      if (own) { own = false; return; }
      if (!settled && !event.originalEvent) return;
      const { lat, lng } = map.getCenter();
      const view = `${map.getZoom().toFixed(2)}/${lat.toFixed(4)}/${lng.toFixed(4)}`;
      history.replaceState(history.state, '', location.pathname + nextSearch({ view }));
    });
  });
  addEventListener('popstate', () => {
    const { view } = read(location.search);
    if (!map) return;
    const parts = view.split('/').map(Number);
    own = true;
    if (parts.length === 3) map.jumpTo({ zoom: parts[0], center: [parts[2], parts[1]] });
    else if (page.presets[view]) map.fitBounds(boxOf(view), { duration: 0, padding: padding() });
    else own = false;
  });

  // ---- Dash's page stands: the canvas moves into it ----

  const adopt = () => {
    const home = heat.at('map-holder');
    if (!home || home.contains(holder)) return;
    home.append(holder);
    map?.resize();
    pressPreset();
    setTimeout(tellReady);
  };
  heat.whenDrawn(adopt);
  heat.paint(page.start.search);
})();
