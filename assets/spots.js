// Places on the map: symbols by kind, clustered far out, each with a small card of what its list says of it.
// A kind's file is fetched only when it is switched on; what a place says of itself only when its card is opened.
// All words of a list go into the page as text, never as HTML.
(() => {
  const kinds = heat.page?.points;
  if (!kinds || !heat.onMap) return; // a page without a map
  const MOST = 6; // kinds at once
  const LISTED = 20; // places in the list of those in view
  const LIST_FROM = 12; // zoom
  const NO_CLUSTER_FROM = 13; // zoom
  const RATIO = 2;
  const SIGN = 26; // px
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  const coarse = matchMedia('(pointer: coarse)');
  const { make } = heat;
  const COLUMNS = ['id', 'name', 'longitude', 'latitude'];
  const isSpots = (file) => COLUMNS.every((name) => Array.isArray(file[name]) && file[name].length === file.id.length);

  let map = null;
  let on = []; // kinds switched on, in the order of the address
  const files = {}; // by kind: { id, name, longitude, latitude } by column, once fetched
  const signs = {}; // by kind: its shape with a white casing, as a canvas
  const failed = new Set();
  const loading = new Set();

  // ---- switching on and off ----

  function show() {
    Object.keys(kinds).forEach((kind) => {
      if (!on.includes(kind)) { failed.delete(kind); hide(kind); }
    });
    on.forEach((kind) => { if (files[kind]) reveal(kind); else if (!failed.has(kind)) load(kind); });
    if (opened && opened.kind && !on.includes(opened.kind)) shut();
    say();
    listInView();
  }

  async function load(kind) {
    if (loading.has(kind)) return;
    loading.add(kind);
    failed.delete(kind);
    say();
    try {
      const [file, sign] = await Promise.all([heat.fetchOnce(kinds[kind].spots, { holds: isSpots, fixed: kind !== 'projects' }), drawSign(kinds[kind].sign), heat.styled]);
      files[kind] = file;
      signs[kind] = sign;
      add(kind);
    } catch {
      failed.add(kind);
    }
    loading.delete(kind);
    show();
  }

  function add(kind) {
    const { id, longitude, latitude } = files[kind];
    const features = id.map((_, n) => ({
      type: 'Feature', id: n, properties: { n }, geometry: { type: 'Point', coordinates: [longitude[n] / 1e5, latitude[n] / 1e5] },
    }));
    const pen = signs[kind].getContext('2d');
    map.addImage(`spot:${kind}`, pen.getImageData(0, 0, signs[kind].width, signs[kind].height), { pixelRatio: RATIO });
    map.addSource(`spots-${kind}`, {
      type: 'geojson', data: { type: 'FeatureCollection', features }, cluster: true, clusterRadius: 56, clusterMaxZoom: NO_CLUSTER_FROM - 1,
    });
    const layer = (name, filter, image) => ({
      id: `${name}-${kind}`, type: 'symbol', source: `spots-${kind}`, filter,
      layout: { 'icon-image': image, 'icon-allow-overlap': true, 'icon-padding': 0 },
    });
    map.addLayer(layer('spots', ['!', ['has', 'point_count']], `spot:${kind}`));
    map.addLayer(layer('clusters', ['has', 'point_count'], ['concat', 'count:', ['to-string', ['get', 'point_count_abbreviated']], `:${kind}`]));
  }

  const layersOf = (kind) => [`spots-${kind}`, `clusters-${kind}`].filter((name) => map.getLayer(name));
  const see = (kind, visibility) => layersOf(kind).forEach((name) => map.setLayoutProperty(name, 'visibility', visibility));
  const hide = (kind) => see(kind, 'none');
  function reveal(kind) {
    see(kind, 'visible');
    // Clusters of several kinds have their middles at one spot: they stand under each other, so that each count can be read.
    const row = (on.indexOf(kind) - (on.length - 1) / 2) * 28;
    map.setLayoutProperty(`clusters-${kind}`, 'icon-offset', [0, row]);
  }

  // ---- what is drawn ----

  const drawSign = (address) => heat.drawSign(address, SIGN);
  // How many lie together: drawn when the style asks for it.
  function drawCount(id) {
    const [, count, kind] = id.split(':');
    if (signs[kind]) map.addImage(id, heat.drawCount(signs[kind], count), { pixelRatio: RATIO });
  }

  // ---- pointing and pressing ----

  const shownLayers = () => on.filter((kind) => files[kind]).flatMap(layersOf);
  function featuresAt({ x, y }) {
    const layers = shownLayers();
    const slack = coarse.matches ? 10 : 2;
    return layers.length ? map.queryRenderedFeatures([[x - slack, y - slack], [x + slack, y + slack]], { layers }) : [];
  }
  heat.spotAt = (at) => Boolean(map && featuresAt(at).length);
  const kindOf = (feature) => feature.layer.id.slice(feature.layer.id.indexOf('-') + 1);

  async function click(event) {
    const found = featuresAt(event.point);
    if (!found.length) { shut(); return; }
    point(null);
    const cluster = found[0].properties.cluster && found[0];
    if (cluster) {
      const zoom = await map.getSource(`spots-${kindOf(cluster)}`).getClusterExpansionZoom(cluster.properties.cluster_id);
      const glide = { center: cluster.geometry.coordinates, zoom: Math.min(zoom + 0.1, map.getMaxZoom()) };
      if (calm.matches) map.jumpTo(glide); else map.easeTo({ ...glide, duration: 400 });
      return;
    }
    const places = new Map(found.filter((each) => !each.properties.cluster)
      .map((each) => [`${kindOf(each)} ${each.properties.n}`, { kind: kindOf(each), n: each.properties.n }]));
    open([...places.values()], { opener: map.getCanvas() });
  }

  // Beside the pointer, in place of the area's own words: a place's name, or how many there are.
  const tip = make('div', { className: 'tip spot-tip', hidden: true });
  let waiting = false;
  function point(event) {
    if (!event) { sayAt(null); return; }
    if (waiting || event.originalEvent.buttons || coarse.matches) return; // a finger points at nothing: it presses
    waiting = true;
    requestAnimationFrame(() => { waiting = false; sayAt(featuresAt(event.point)[0], event.point); });
  }
  function sayAt(feature, at) {
    tip.hidden = !feature;
    map.getContainer().classList.toggle('on-spot', Boolean(feature));
    if (!feature) return;
    const kind = kindOf(feature);
    const { cluster, point_count: count, n } = feature.properties;
    tip.textContent = cluster ? `${count.toLocaleString('en-GB')} ${kinds[kind].title.toLowerCase().replace(/^gp/, 'GP')}: press to zoom in` : files[kind].name[n];
    heat.putTip(tip, at, map.getContainer());
  }

  // ---- the card of a place ----

  const card = make('section', { className: 'spot-card', hidden: true, role: 'dialog', 'aria-labelledby': 'spot-title' });
  card.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation(); // the chosen area stays
    shut(true);
  });
  let opened = null; // { kind, n, at, opener }

  const pointOf = ({ kind, n }) => [files[kind].longitude[n] / 1e5, files[kind].latitude[n] / 1e5];
  const signOf = (kind, size = 22) => make('img', { src: kinds[kind].sign, width: size, height: size, alt: '' });

  function open(places, { opener, byKeyboard = false }) {
    const [first] = places;
    opened = { ...(places.length === 1 ? first : {}), at: pointOf(first), opener };
    const title = make('h2', { id: 'spot-title', tabIndex: -1, textContent: places.length === 1 ? files[first.kind].name[first.n] : `${places.length} places here` });
    const close = make('button', { type: 'button', className: 'btn icon plain spot-close', textContent: '×', 'aria-label': 'Close this place’s card' });
    close.addEventListener('click', () => shut(true));
    const body = make('div', { className: 'spot-body' });
    card.replaceChildren(make('div', { className: 'spot-head' }, places.length === 1 && signOf(first.kind), title, close), body);
    card.hidden = false;
    document.body.dataset.spot = 'open'; // so that styles know: Firefox 115 has no :has()
    if (places.length === 1) fill(first, body);
    else {
      body.append(make('ul', {}, ...places.slice(0, LISTED).map((place) => {
        const button = make('button', { type: 'button', className: 'spot-choice' }, signOf(place.kind, 18), files[place.kind].name[place.n]);
        button.addEventListener('click', () => open([place], { opener, byKeyboard: true }));
        return make('li', {}, button);
      })), ...(places.length > LISTED ? [make('p', { className: 'xs soft', textContent: `and ${places.length - LISTED} more: zoom in.` })] : []));
    }
    placeCard();
    if (byKeyboard || opener === map.getCanvas()) title.focus({ preventScroll: true });
  }

  async function fill(place, body) {
    const url = `${kinds[place.kind].each}/${encodeURIComponent(files[place.kind].id[place.n])}`;
    const mine = () => opened && opened.kind === place.kind && opened.n === place.n;
    const wait = setTimeout(() => { if (mine()) body.replaceChildren(make('p', { className: 's soft', role: 'status', textContent: 'Fetching what the list says …' })); }, 400);
    try {
      const row = await heat.fetchOnce(url);
      if (mine()) body.replaceChildren(...describe(row));
    } catch {
      if (!mine()) return;
      const again = make('button', { type: 'button', className: 'link', textContent: 'Try again' });
      again.addEventListener('click', () => fill(place, body));
      body.replaceChildren(make('p', { className: 's', role: 'status' }, 'We could not load what the list says about this place. ', again));
    } finally {
      clearTimeout(wait);
      if (mine()) placeCard();
    }
  }

  /* What a telephone dials: the first number, without an extension or a word behind it; heatmap/phones.py does the same. */
  function dial(phone) {
    const found = phone.match(/(?:\+\d|\(?0)[\d\s().-]{6,24}\d(?!\d)/) || phone.match(/^\s*[\d\s]{6,15}$/);
    return found ? found[0].replace(/\(0\)|[^\d+]/g, '') : '';
  }

  function describe(row) {
    if (row.organisation) return describeProject(row);
    const facts = [];
    const tell = (name, ...content) => facts.push(make('dt', { textContent: name }), make('dd', {}, ...content));
    if (row.need) tell('For', row.need);
    if (row.ages) tell('Ages', row.ages);
    if (row.eligibility) tell('Who can go', row.eligibility);
    if (row.address || row.postcode) tell('Address', [row.address, row.postcode].filter(Boolean).join(', '));
    const number = dial(row.phone || '');
    if (row.phone) tell('Phone', number ? make('a', { href: `tel:${number}`, textContent: row.phone }) : row.phone);
    const site = safe(row.website);
    if (site) tell('Website', make('a', { href: site.href, rel: 'noreferrer', textContent: site.host }));
    if (row.opening) tell('Open', row.opening);
    if (row.cost) tell('Cost', row.cost);
    if (row.access) tell('Access', row.access);
    if (row.languages) tell('Languages', row.languages);
    return [
      make('p', { className: 's', textContent: row.what || row.title }),
      facts.length && make('dl', { className: 'spot-facts s' }, ...facts),
      make('p', { className: 'xs soft', textContent: [row.sure, row.placed_in_words].filter(Boolean).join(' ') }),
    ].filter(Boolean);
  }
  function describeProject(row) {
    const sure = { confirmed: 'Confirmed by its team within a year.', stale: 'Last confirmed more than a year ago: ask before you rely on it.' };
    return [
      make('p', { className: 's soft', textContent: row.organisation }),
      row.one_line && make('p', { className: 's', textContent: row.one_line }),
      make('p', { className: 's' }, make('a', { href: `/project/${encodeURIComponent(row.id)}`, textContent: 'What was done, and what was learnt' })),
      make('p', { className: 'xs soft', textContent: sure[row.freshness] || 'Publicly reported, not yet confirmed by its team.' }),
    ].filter(Boolean);
  }
  function safe(text) { // only http and https, whatever a list says
    try {
      const address = new URL(text);
      return /^https?:$/.test(address.protocol) ? address : null;
    } catch { return null; }
  }

  // Beside its symbol, where there is room; on a phone at the foot of the map (spots.css).
  function placeCard() {
    if (card.hidden || !opened) return;
    const { x, y } = map.project(opened.at);
    const { width, height } = map.getContainer().getBoundingClientRect();
    if (x < -40 || y < -40 || x > width + 40 || y > height + 40) { shut(); return; }
    const left = x + 20 + card.offsetWidth > width - 8 ? x - card.offsetWidth - 20 : x + 20;
    const top = Math.min(y - 24, height - card.offsetHeight - 8);
    card.style.setProperty('--at', `translate(${Math.round(Math.max(8, left))}px, ${Math.round(Math.max(8, top))}px)`);
  }
  function shut(back = false) {
    const opener = opened?.opener;
    const inside = card.contains(document.activeElement);
    card.hidden = true;
    delete document.body.dataset.spot;
    card.replaceChildren();
    opened = null;
    if (back || inside) (opener?.isConnected ? opener : map.getCanvas()).focus({ preventScroll: true });
  }

  // ---- without a mouse: the places in view, nearest the middle first ----

  const list = make('section', { className: 'spots-list', hidden: true, 'aria-label': 'Places in view' });
  function listInView() {
    const ready = on.filter((kind) => files[kind]);
    list.hidden = !ready.length || map.getZoom() < LIST_FROM;
    if (list.hidden) { list.replaceChildren(); return; }
    if (list.contains(document.activeElement)) return; // nothing moves under the reader's hands
    const bounds = map.getBounds();
    const middle = map.getCenter();
    const narrow = Math.cos(middle.lat * Math.PI / 180); // a degree of longitude is shorter than one of latitude
    const inView = [];
    ready.forEach((kind) => {
      const { longitude, latitude } = files[kind];
      for (let n = 0; n < longitude.length; n++) {
        const [lng, lat] = [longitude[n] / 1e5, latitude[n] / 1e5];
        if (bounds.contains([lng, lat])) inView.push({ kind, n, far: ((lng - middle.lng) * narrow) ** 2 + (lat - middle.lat) ** 2 });
      }
    });
    inView.sort((a, b) => a.far - b.far);
    const shown = inView.slice(0, LISTED);
    const head = inView.length > shown.length ? `Places in view: the ${shown.length} nearest the middle, of ${inView.length.toLocaleString('en-GB')}` : `Places in view: ${inView.length}`;
    list.replaceChildren(make('h2', { className: 's', textContent: head }), make('ul', {}, ...shown.map((place) => {
      const button = make('button', { type: 'button', className: 'spot-choice' }, signOf(place.kind, 18), `${files[place.kind].name[place.n]} `,
        make('span', { className: 'vh', textContent: `(${kinds[place.kind].title})` }));
      button.addEventListener('click', () => open([place], { opener: button, byKeyboard: true }));
      return make('li', {}, button);
    })));
  }

  // ---- loading, and when it fails ----

  const said = make('div', { className: 'spots-said', role: 'status' });
  let slow = 0;
  function say() {
    clearTimeout(slow);
    const names = (which) => on.filter((kind) => which.has(kind)).map((kind) => kinds[kind].title);
    const lost = names(failed);
    const failing = lost.map((title, i) => {
      const again = make('button', { type: 'button', className: 'link', textContent: 'Try again', 'aria-label': `Try again: ${title}` });
      again.addEventListener('click', () => load(on.filter((kind) => failed.has(kind))[i]));
      return make('p', { className: 'msg warn' }, make('span', {}, `We could not load this list: ${title}. `, again));
    });
    said.replaceChildren(...failing);
    slow = setTimeout(() => {
      const still = names(loading);
      if (still.length) said.append(make('p', { className: 'msg', textContent: `Fetching ${still.join(', ')} …` }));
    }, 400);
  }

  // ---- begin ----

  heat.onMap((began) => {
    map = began;
    const holder = map.getContainer();
    holder.append(said, list, tip, card);
    map.on('styleimagemissing', ({ id }) => { if (id.startsWith('count:') && !map.hasImage(id)) drawCount(id); });
    map.on('move', placeCard);
    map.on('moveend', listInView);
    map.on('mousemove', point);
    map.on('mouseout', () => point(null));
    map.on('click', click);
    heat.styled.then(show);
  });
  heat.draws((want) => {
    on = want.points.slice(0, MOST);
    if (map) show();
  });
})();
