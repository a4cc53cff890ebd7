// The map bridge: it draws what Python described (heatmap/mapview.py) and says what was pointed at and chosen.
// Python decides every class and every filter; this file only fetches, colours and reports.
window.heat = window.heat || {};
(() => {
  const page = (heat.page = JSON.parse(document.getElementById('heat-page').textContent));
  const { levels, layers } = page;
  const LEVELS = Object.keys(levels);
  const total = LEVELS.reduce((sum, level) => sum + levels[level].count, 0);
  const FILTERS = ['deciles', 'regions', 'icbs', 'authorities', 'setting', 'core20'];
  const NO_VALUE = -(2 ** 31);
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  const phone = matchMedia('(max-width: 47.99rem)');

  // ---- what the address asks for (Python has the last word: heatmap/state.py) ----

  const read = (search) => {
    const asked = new URLSearchParams(search);
    const layer = layers[asked.get('layer')] ? asked.get('layer') : page.defaultLayer;
    const level = layers[layer].levels.includes(asked.get('level')) ? asked.get('level') : 'lsoa';
    const filter = new URLSearchParams();
    FILTERS.forEach((key) => asked.get(key) && filter.set(key, asked.get(key)));
    const filtered = filter.toString() !== '';
    filter.set('layer', layer);
    filter.set('level', level);
    return {
      layer, level, area: asked.get('area') || '', view: asked.get('view') || '',
      groups: asked.get('groups') === 'fifths' ? 'fifths' : 'tenths', filter: filtered ? filter.toString() : '',
    };
  };
  // Above LSOA the levels of a share are described once, under msoa.
  const viewOf = ({ layer, level, groups }) => {
    const { views } = layers[layer];
    const near = level === 'lsoa' ? 'lsoa' : 'msoa';
    return views[`${level}.${groups}`] || views[`${level}.tenths`] || views[`${near}.${groups}`] || views[`${near}.tenths`];
  };
  // Where a level begins in a layer's one long array; above LSOA the fifths stand behind everything else.
  const startOf = ({ level, groups }) => (groups === 'fifths' && level !== 'lsoa'
    ? total + levels[level].start - levels.lsoa.count : levels[level].start);

  // ---- fetching: each thing once, kept in memory; a failure is forgotten so that it can be tried again ----

  const kept = new Map();
  const fetchOnce = (url, read_) => {
    if (!kept.has(url)) {
      kept.set(url, fetch(url).then((answer) => {
        if (!answer.ok) throw new Error(`${answer.status}`);
        return answer.arrayBuffer();
      }).then(read_).catch((fault) => { kept.delete(url); throw fault; }));
    }
    return kept.get(url);
  };
  const classesOf = (layer) => fetchOnce(layers[layer].paint, (buffer) => new Uint8Array(buffer));
  const maskOf = (filter) => fetchOnce(`${page.mask}?${filter}`, (buffer) => new Uint8Array(buffer));
  const figures = {}; // read by the pointer, so kept unwrapped as well
  const loadFigures = (layer) => fetchOnce(layers[layer].figures, (buffer) => {
    const bytes = new Uint8Array(buffer); // four planes, first all lowest bytes
    const n = bytes.length / 4;
    const whole = new Int32Array(n);
    for (let i = 0; i < n; i++) whole[i] = bytes[i] | (bytes[n + i] << 8) | (bytes[2 * n + i] << 16) | (bytes[3 * n + i] << 24);
    return (figures[layer] = whole);
  });
  heat.prefetch = (names) => names.forEach((layer) => layers[layer] && classesOf(layer).catch(() => {}));

  // ---- the address: the one place where state lives ----

  const tidy = (query) => {
    const text = query.toString().replaceAll('%2C', ',').replaceAll('%2F', '/');
    return text ? `?${text}` : '';
  };
  function nextSearch(changes) {
    const query = new URLSearchParams(location.search);
    Object.entries(changes).forEach(([key, value]) => (value ? query.set(key, value) : query.delete(key)));
    return tidy(query);
  }
  heat.set = (changes) => {
    if (changes.layer === page.defaultLayer) changes = { ...changes, layer: '' };
    const search = nextSearch(changes);
    if (search === location.search) return;
    history.pushState({}, '', location.pathname + search);
    if (document.getElementById('map-page')) dispatchEvent(new CustomEvent('_dashprivate_pushstate')); // as dcc.Link does
    else heat.paint?.(search); // Dash is not ready yet: it will read the address when it is
  };
  // Python has set right what the link got wrong, and says so: the address follows, without a new entry.
  heat.correct = (search) => {
    const { view } = read(location.search);
    const query = new URLSearchParams(search);
    if (view && !query.has('view') && /^[\d./-]+$/.test(view)) query.set('view', view);
    history.replaceState(history.state, '', location.pathname + tidy(query));
  };

  // ---- the map itself, begun before Dash is ready and moved into its page when that stands ----

  const holder = document.getElementById('heat-map');
  const asked = read(page.start.search);
  let now = asked; // what is on the map
  if (asked.area) holder.parentElement.classList.add('beside-panel');
  const style = structuredClone(page.style);
  // MapLibre fetches tiles in a worker, which knows no relative address.
  Object.values(style.sources).forEach((source) => { source.tiles = source.tiles.map((url) => location.origin + url); });
  const visible = (name) => { style.layers.find((layer) => layer.id === name).layout.visibility = 'visible'; };
  visible(`areas-${asked.level}`);
  visible(`edges-${asked.level}`);

  const boxOf = (name) => {
    const [west, south, east, north] = page.presets[name];
    return [[west, south], [east, north]];
  };
  // The camera leaves room for what lies over the map: chips and sheet on a phone, legend and first card on a screen.
  const padding = (chosen = Boolean(now.area)) => (phone.matches
    ? { top: 120, bottom: chosen ? innerHeight * 0.45 + 70 : 140, left: 16, right: 16 }
    : chosen ? { top: 64, bottom: 220, left: 24, right: 24 } : { top: 24, bottom: 40, left: 24, right: innerWidth > 1100 ? 350 : 24 });
  const start = (() => {
    const parts = asked.view.split('/').map(Number);
    if (parts.length === 3) return { zoom: parts[0], center: [parts[2], parts[1]] };
    if (page.start.box && !asked.view) {
      const [west, south, east, north] = page.start.box;
      return { bounds: [[west, south], [east, north]], fitBoundsOptions: { padding: padding(), maxZoom: 13 } };
    }
    return { bounds: boxOf(page.presets[asked.view] ? asked.view : 'england'), fitBoundsOptions: { padding: padding() } };
  })();

  let map;
  try {
    map = new maplibregl.Map({
      container: holder, style, ...start, minZoom: 4, maxZoom: 16, maxBounds: [[-14, 47.5], [8, 62]], fadeDuration: 0,
      attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false,
      locale: { 'Map.Title': 'Map of England. Arrow keys move it, plus and minus zoom.' },
    });
  } catch (fault) {
    document.documentElement.dataset.map = 'none'; // no WebGL: the page says so in words
    heat.choose = ({ code }) => heat.set({ area: code });
    return;
  }
  heat.map = map;
  // MapLibre gives its workers the whole address as referrer; ours names a place, and tiles need not know it.
  map.style.dispatcher.broadcast('SR', '');
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  const styled = new Promise((done) => { map.once('style.load', done); });

  // ---- painting: one state key, and only the areas that change ----

  const shown = {}; // by level: the number of each area's colour as it stands on the map
  let latest = 0;
  let classesNow = null;
  let away = false;

  async function paint(search) {
    const want = read(search);
    const turn = ++latest;
    document.documentElement.dataset.map = 'loading';
    let classes, mask;
    try {
      [classes, mask] = await Promise.all([classesOf(want.layer), want.filter ? maskOf(want.filter) : null]);
    } catch (fault) {
      if (turn === latest) lost(search);
      return;
    }
    await styled;
    if (turn !== latest) return; // the reader has chosen something else meanwhile
    if (away) { // the server is back: its words are asked for again as well
      away = false;
      window.dash_clientside?.set_props?.('again', { data: Date.now() });
    }
    showLevel(want.level);
    now = want;
    classesNow = classes;
    colour(want, classes, mask);
    mark(want.area);
    const view = viewOf(want);
    if (view.value) loadFigures(want.layer).catch(() => {});
    map.once('idle', () => {
      if (turn !== latest) return;
      document.documentElement.dataset.map = 'painted';
      holder.dataset.painted = `${want.layer} ${want.level} ${want.groups} ${want.filter}`;
      performance.mark('heat-painted');
      settle();
    });
    map.triggerRepaint();
  }
  heat.paint = paint;

  function colour(want, classes, mask) {
    const { colours } = viewOf(want);
    const { count } = levels[want.level];
    const from = startOf(want);
    const old = (shown[want.level] ||= new Uint8Array(count).fill(255));
    const target = { source: want.level, sourceLayer: want.level, id: 0 };
    const missing = [];
    const weak = [];
    for (let i = 0; i < count; i++) {
      const number = classes[from + i] & 15;
      const kept_ = !mask || (mask[i >> 3] >> (i & 7)) & 1;
      const paint_ = !kept_ ? page.ghost : number ? colours[number - 1] : page.noFigure;
      if (kept_ && !number) missing.push(i);
      else if (kept_ && classes[from + i] >> 4) weak.push(i);
      if (paint_ !== old[i]) {
        old[i] = paint_;
        target.id = i;
        map.setFeatureState(target, { v: paint_ });
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
  function settle() {
    if (settled) return;
    settled = true;
    places();
    map.setLayoutProperty('authorities', 'visibility', 'visible');
    map.setLayoutProperty('labels', 'visibility', 'visible');
    heat.ready = true;
    tellReady();
  }
  // Python draws its chart only when the map stands; its page may come before or after the map.
  const tellReady = () => {
    if (heat.ready && document.getElementById('map-page')) window.dash_clientside.set_props('map-ready', { data: true });
  };

  // Names are drawn on a canvas when the style first asks for "label:<name>": no font file, no network.
  map.on('styleimagemissing', ({ id }) => {
    if (map.hasImage(id)) return;
    if (id === 'stripes' || id === 'dots') { map.addImage(id, id === 'dots' ? dots() : stripes(), { pixelRatio: 2 }); return; }
    if (!id.startsWith('label:')) return;
    const text = id.slice(6);
    const ratio = 2;
    const font = `600 ${13 * ratio}px ${getComputedStyle(document.body).fontFamily}`;
    const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    pen.font = font;
    pen.canvas.width = Math.ceil(pen.measureText(text).width) + 8 * ratio;
    pen.canvas.height = 20 * ratio;
    pen.font = font; // a resized canvas forgets its font
    pen.textBaseline = 'middle';
    pen.lineJoin = 'round';
    pen.lineWidth = 3 * ratio;
    pen.strokeStyle = 'rgba(255,255,255,.92)';
    pen.fillStyle = '#1d2433';
    pen.strokeText(text, 4 * ratio, 10 * ratio);
    pen.fillText(text, 4 * ratio, 10 * ratio);
    map.addImage(id, pen.getImageData(0, 0, pen.canvas.width, pen.canvas.height), { pixelRatio: ratio });
  });
  function dots() {
    const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    pen.canvas.width = pen.canvas.height = 16;
    for (const [ink, radius] of [['#ffffff', 3.2], ['#1d2433', 2]]) { // dark inside light: seen on every class
      pen.fillStyle = ink;
      pen.beginPath();
      pen.arc(8, 8, radius, 0, 7);
      pen.fill();
    }
    return pen.getImageData(0, 0, 16, 16);
  }
  function stripes() {
    const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    pen.canvas.width = pen.canvas.height = 16;
    pen.fillStyle = '#dedad0';
    pen.fillRect(0, 0, 16, 16);
    pen.strokeStyle = '#837b6c';
    pen.lineWidth = 3;
    for (const x of [-16, 0, 16]) { pen.beginPath(); pen.moveTo(x, 16); pen.lineTo(x + 16, 0); pen.stroke(); }
    return pen.getImageData(0, 0, 16, 16);
  }

  // ---- pointing and choosing ----

  const tip = document.createElement('div');
  tip.className = 'tip';
  tip.hidden = true;
  holder.append(tip);
  let pointed = null;
  const featureAt = (point) => map.queryRenderedFeatures(point, { layers: [`areas-${now.level}`] })[0];

  heat.say = (level, i) => { // an area's value in words, as the pointer says it
    const view = viewOf(now);
    const at = startOf(now) + i;
    if (shown[level]?.[i] === page.ghost) return 'filtered out';
    const number = (classesNow?.[at] ?? 0) & 15;
    const flag = (classesNow?.[at] ?? 0) >> 4;
    if (!number) return page.flags[flag] || page.flags[1];
    let said = view.classes ? view.classes[number - 1] : '';
    if (view.value) {
      const whole = figures[now.layer]?.[at];
      if (whole === undefined || whole === NO_VALUE) return '';
      const decimals = layers[now.layer].decimals;
      said = view.value.replace('{value}', (whole / 10 ** decimals).toLocaleString('en-GB', { maximumFractionDigits: decimals }));
    }
    return flag ? `${said} (${page.flags[flag]})` : said;
  };
  function pointAt(feature, point) {
    const i = feature ? feature.id : null;
    map.getCanvas().style.cursor = feature ? 'pointer' : '';
    if (i !== pointed) {
      pointed = i;
      const on = i !== null && map.getZoom() >= 8.5;
      if (on) map.setFilter(`pointed-${now.level}`, ['==', ['id'], i]);
      LEVELS.forEach((level) => map.setLayoutProperty(`pointed-${level}`, 'visibility', on && level === now.level ? 'visible' : 'none'));
      tip.hidden = i === null;
      if (i !== null) {
        tip.replaceChildren(Object.assign(document.createElement('b'), { textContent: heat.areas?.label(now.level, i) || '' }),
          document.createElement('br'), heat.say(now.level, i));
      }
    }
    if (point && i !== null) {
      const { width, height } = holder.getBoundingClientRect();
      const left = Math.min(point.x + 14, width - tip.offsetWidth - 8);
      tip.style.transform = `translate(${Math.max(8, left)}px, ${point.y > height - 90 ? point.y - tip.offsetHeight - 12 : point.y + 16}px)`;
    }
  }
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
    const { level } = now;
    await places();
    heat.set({ area: heat.areas.code(level, feature.id) });
  });

  heat.choose = ({ code, level }) => {
    flyNext = true;
    heat.set(level === 'lsoa' ? { area: code, level: '' } : { area: code });
    const box = heat.lastBox;
    if (box && box.code === code) heat.fly(box.box); // the same place again: come back to it
  };

  // ---- the camera ----

  let flyNext = false;
  let own = false; // whether the last move was ours, to a preset whose name the address already holds
  heat.fly = (box, options = {}) => {
    const [west, south, east, north] = box;
    map.fitBounds([[west, south], [east, north]], { padding: padding(), maxZoom: 13, duration: calm.matches ? 0 : 600, ...options });
  };
  const pressPreset = (name) => document.querySelectorAll('[data-go]').forEach((each) => {
    each.setAttribute('aria-pressed', each.dataset.go === name);
  });
  heat.preset = (name) => {
    own = true;
    pressPreset(name);
    heat.set({ view: name === 'england' ? '' : name });
    map.fitBounds(boxOf(name), { padding: padding(), duration: calm.matches ? 0 : 600 });
  };
  heat.focus = (data) => { // from Python: the box of what is chosen or filtered
    if (!data) return;
    heat.lastBox = data;
    if (flyNext) {
      flyNext = false;
      heat.fly(data.box);
    } else if (data.code && phone.matches) uncover(data.box);
  };
  function uncover([west, south, east, north]) { // a touched place must not end under the sheet
    const center = [(west + east) / 2, (south + north) / 2];
    const { x, y } = map.project(center);
    const { clientWidth: width, clientHeight: height } = map.getCanvas();
    const room = padding(true);
    if (x < room.left || x > width - room.right || y < room.top || y > height - room.bottom) {
      const offset = [(room.left - room.right) / 2, (room.top - room.bottom) / 2];
      map.easeTo({ center, offset, duration: calm.matches ? 0 : 300 });
    }
  }
  heat.flyNext = () => { flyNext = true; };
  let resized = false; // a panel that opens or a window that changes moves nothing the reader asked for
  map.on('resize', () => { resized = true; queueMicrotask(() => { resized = false; }); });
  map.on('moveend', (event) => {
    if (resized) return;
    if (own) { own = false; return; }
    if (!settled && !event.originalEvent) return;
    const { lat, lng } = map.getCenter();
    const view = `${map.getZoom().toFixed(2)}/${lat.toFixed(4)}/${lng.toFixed(4)}`;
    history.replaceState(history.state, '', location.pathname + nextSearch({ view }));
    pressPreset('');
  });
  addEventListener('popstate', () => {
    const { view } = read(location.search);
    pressPreset(view);
    const parts = view.split('/').map(Number);
    own = true;
    if (parts.length === 3) map.jumpTo({ zoom: parts[0], center: [parts[2], parts[1]] });
    else if (page.presets[view]) map.fitBounds(boxOf(view), { duration: 0, padding: padding() });
    else own = false;
  });

  // ---- when something cannot be fetched: say so, keep what stands, try again ----

  let retry = 0;
  function lost(search) {
    away = true;
    document.documentElement.dataset.map = 'away';
    clearTimeout(retry);
    retry = setTimeout(() => paint(search), 10_000);
  }
  heat.retry = () => paint(location.search);

  // ---- Dash's page stands: the canvas moves into it ----

  const adopt = () => {
    const home = document.getElementById('map-holder');
    if (!home || home.contains(holder)) return;
    home.append(holder);
    map.resize();
    pressPreset(asked.view || (page.start.box ? '' : 'england'));
    setTimeout(tellReady);
  };
  new MutationObserver(adopt).observe(document.body, { childList: true, subtree: true });
  adopt();
  paint(page.start.search);
})();
