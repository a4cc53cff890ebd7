// What is shown: read from the address, fetched by position, said in words. The map, the table and the keyboard draw from it.
// Python decides every class and every filter (heatmap/map/description.py, heatmap/map/selection.py); this file only fetches and reads.
(() => {
  const page = (heat.page = JSON.parse(heat.at('heat-page').textContent));
  const { levels, layers } = page;
  const LEVELS = Object.keys(levels);
  const total = LEVELS.reduce((sum, level) => sum + levels[level].count, 0);
  const FILTERS = ['deciles', 'regions', 'icbs', 'authorities', 'setting', 'core20'];
  const NO_VALUE = -(2 ** 31);
  const UNDER = NO_VALUE + 1; // more than 0, and less than the decimals can say

  // ---- what the address asks for (Python has the last word: heatmap/map/address.py) ----

  heat.read = (search) => {
    const asked = new URLSearchParams(search);
    const layer = layers[asked.get('layer')] ? asked.get('layer') : page.defaultLayer;
    const able = layers[layer].levels;
    const level = able.includes(asked.get('level')) ? asked.get('level') : able[0];
    const filter = new URLSearchParams();
    FILTERS.forEach((key) => asked.get(key) && filter.set(key, asked.get(key)));
    const filtered = filter.toString() !== '';
    filter.set('layer', layer);
    filter.set('level', level);
    return {
      layer, level, area: asked.get('area') || '', view: asked.get('view') || '',
      period: layers[layer].periods?.[asked.get('period')] ? asked.get('period') : '',
      points: (asked.get('points') || '').split(',').filter((name) => page.points[name]),
      table: asked.get('show') === 'table',
      sort: asked.get('sort')?.match(/^(rank|name|within|value(?=_))(_back)?$/)?.[0] || '', page: Number(asked.get('page')?.match(/^\d{1,3}$/)) || 0,
      groups: asked.get('groups') === 'fifths' ? 'fifths' : 'tenths', filter: filtered ? filter.toString() : '',
    };
  };
  // Above its own level all levels of a share are described once, under msoa.
  heat.viewOf = ({ layer, level, groups }) => {
    const { views, levels: able } = layers[layer];
    const near = level === able[0] ? level : 'msoa';
    return views[`${level}.${groups}`] || views[`${level}.tenths`] || views[`${near}.${groups}`] || views[`${near}.tenths`];
  };
  // Where a level begins in a layer's one long array; above LSOA the fifths stand behind everything else.
  const startOf = ({ level, groups }) => (groups === 'fifths' && level !== 'lsoa'
    ? total + levels[level].start - levels.lsoa.count : levels[level].start);

  // ---- fetching: each thing once, kept in memory; a failure is forgotten so that it can be tried again ----

  const kept = new Map();
  const fetchOnce = (heat.fetchOnce = (url, how, readAs = (data) => data) => { // how: as heat.ask takes it
    if (!kept.has(url)) kept.set(url, heat.ask(url, how).then(readAs).catch((fault) => { kept.delete(url); throw fault; }));
    return kept.get(url);
  });
  const fixed = (bytes) => ({ type: 'bytes', bytes, fixed: true });
  const everyArea = 2 * total - levels.lsoa.count; // all levels in tenths, and those above LSOA in fifths
  const addressOf = (layer, period, kind) => (layers[layer].periods?.[period] || layers[layer])[kind];
  const classesOf = ({ layer, period }) => fetchOnce(addressOf(layer, period, 'paint'), fixed(everyArea), (buffer) => new Uint8Array(buffer));
  const maskOf = ({ filter, level }) => fetchOnce(`${page.mask}?${filter}`, fixed(Math.ceil(levels[level].count / 8)), (buffer) => new Uint8Array(buffer));
  // Whole numbers that travel as four planes of bytes, first all lowest.
  const readPlanes = (buffer) => {
    const bytes = new Uint8Array(buffer);
    const n = bytes.length / 4;
    const whole = new Int32Array(n);
    for (let i = 0; i < n; i++) whole[i] = bytes[i] | (bytes[n + i] << 8) | (bytes[2 * n + i] << 16) | (bytes[3 * n + i] << 24);
    return whole;
  };
  const figures = {}; // read by the pointer, so kept unwrapped as well
  heat.loadFigures = ({ layer, period }) => {
    const url = addressOf(layer, period, 'figures');
    return fetchOnce(url, fixed(4 * everyArea), (buffer) => (figures[url] = readPlanes(buffer)));
  };
  const planesOf = (url, numbers) => fetchOnce(url, fixed(4 * numbers), readPlanes);
  const count = (level) => levels[level].count;
  heat.loadRanks = ({ layer, period }) => planesOf(addressOf(layer, period, 'ranks'), count(layers[layer].levels[0])); // at its own level; 0 = none
  heat.loadWalk = (level) => planesOf(page.walk[level], 4 * count(level)); // north, east, south, west: four times an area each
  heat.loadBeyond = (level) => fetchOnce(page.beyond[level], fixed(count(level)), (buffer) => new Uint8Array(buffer)); // a bit a way: no neighbour
  heat.loadMiddles = (level) => planesOf(page.middles[level], 2 * count(level)); // longitudes, then latitudes, times 10,000
  heat.prefetch = (names) => names.forEach((layer) => layers[layer] && classesOf({ layer, period: '' }).catch(() => {}));

  // ---- what is shown now: the same for the map, the table and whoever reads aloud ----

  heat.now = null; // what the address asked for when the classes below were read
  let classesNow = null;
  let maskNow = null;
  // Fetches all that a view needs; nothing is put in its place until it is complete, and not if a newer one is asked for.
  const prepare = async (want) => Promise.all([classesOf(want), want.filter ? maskOf(want) : null]);
  const adopt = (want, [classes, mask]) => { heat.now = want; classesNow = classes; maskNow = mask; };
  heat.isKept = (i) => !maskNow || Boolean((maskNow[i >> 3] >> (i & 7)) & 1);
  const packedAt = (i) => classesNow?.[startOf(heat.now) + i] ?? 0;
  heat.classAt = (i) => packedAt(i) & 15;
  heat.flagAt = (i) => packedAt(i) >> 4;
  heat.valueAt = (i) => { // in the card's unit; undefined where there is none, or not fetched yet
    const whole = figures[addressOf(heat.now.layer, heat.now.period, 'figures')]?.[startOf(heat.now) + i];
    const { decimals, step = 1 } = layers[heat.now.layer];
    return whole === undefined || whole === NO_VALUE ? undefined : (whole === UNDER ? 0.25 : whole) * step / 10 ** decimals;
  };
  heat.say = (i) => { // an area's value in words, with the reason where it is absent or weak
    if (!heat.isKept(i)) return 'filtered out';
    const view = heat.viewOf(heat.now);
    const number = heat.classAt(i);
    const flag = heat.flagAt(i);
    if (!number) return page.flags[flag] || page.flags[1];
    let said = view.classes ? view.classes[number - 1] : '';
    if (view.value) {
      const value = heat.valueAt(i);
      if (value === undefined) return '';
      const { decimals, step = 1 } = layers[heat.now.layer], least = step / 10 ** decimals;
      const inWords = (amount) => amount.toLocaleString('en-GB', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
      said = view.value.replace('{value}', value > 0 && value < least ? `under ${inWords(least)}` : inWords(value));
    }
    return flag ? `${said} (${page.flags[flag]})` : said;
  };

  // ---- showing: fetch all of a view, take it over at once, and tell whoever draws: the map, the table ----

  const root = document.documentElement;
  const drawers = [];
  heat.draws = (draw) => { drawers.push(draw); if (heat.now) draw(heat.now); };
  // data-figures: loading, shown, away. data-map has painted as well, and none where there is no WebGL.
  const stands = (state) => {
    root.dataset.figures = state;
    if (root.dataset.map !== 'none' && state !== 'shown') root.dataset.map = state;
  };
  let latest = 0;
  let retry = 0;
  heat.paint = async (search) => {
    const want = heat.read(search);
    const turn = ++latest;
    clearTimeout(retry);
    root.dataset.show = want.table || root.dataset.map === 'none' ? 'table' : 'map';
    if (!want.table) heat.beginMap?.();
    stands('loading');
    let ready;
    try {
      ready = await prepare(want);
    } catch {
      if (turn === latest) lost();
      return;
    }
    await heat.styled; // where there is a map
    if (turn !== latest) return; // the reader has chosen something else meanwhile
    heat.askAgain?.(); // words that wait for the server: it is there again
    adopt(want, ready);
    stands('shown');
    drawers.forEach((draw) => draw(want));
  };
  heat.retry = () => heat.paint(location.search);
  function lost() { // say so, keep what stands, try again
    stands('away');
    if (!heat.isOld()) retry = setTimeout(heat.retry, 10_000);
  }

  // The map may begin later than the scripts that use it: a link to the table needs none.
  const waiting = [];
  heat.onMap = (use) => { if (heat.map) use(heat.map); else waiting.push(use); };
  heat.mapBegan = (map) => { heat.map = map; waiting.splice(0).forEach((use) => use(map)); };
  // One line that is read aloud (heatmap/pages/map.py: said).
  heat.tell = (words) => {
    const line = heat.at('said');
    if (line) line.textContent = words;
  };

  // ---- the address: the one place where state lives ----

  const tidy = (query) => {
    const text = query.toString().replaceAll('%2C', ',').replaceAll('%2F', '/');
    return text ? `?${text}` : '';
  };
  heat.nextSearch = (changes) => {
    const query = new URLSearchParams(location.search);
    Object.entries(changes).forEach(([key, value]) => (value ? query.set(key, value) : query.delete(key)));
    return tidy(query);
  };
  heat.set = (changes) => {
    if (changes.layer === page.defaultLayer) changes = { ...changes, layer: '' };
    if ('layer' in changes) changes = { period: '', ...changes }; // another layer has periods of its own
    // Other rows, or another chosen one, stand on other pages of the table.
    const number = changes.area === '' ? heat.tablePage?.() : undefined;
    if (number !== undefined) changes = { page: number, ...changes }; // a place that is shut leaves the table's page where it is
    else if (changes.area || ['layer', 'level', 'period', 'groups', ...FILTERS].some((key) => key in changes)) changes = { page: '', ...changes };
    const search = heat.nextSearch(changes);
    if (search === location.search) return;
    history.pushState({}, '', location.pathname + search);
    if (document.getElementById('map-page')) heat.tellDash();
    else heat.paint?.(search); // Dash is not ready yet: it will read the address when it is
  };
  // Python has set right what the link got wrong, and says so: the address follows, without a new entry.
  heat.correct = (search) => {
    const { view } = heat.read(location.search);
    const query = new URLSearchParams(search);
    if (view && !query.has('view') && /^[\d./-]+$/.test(view)) query.set('view', view);
    history.replaceState(history.state, '', location.pathname + tidy(query));
  };
})();
