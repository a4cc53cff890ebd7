/* A map inside a page of words (heatmap/map/drawn.py): areas of one level in a few classes, from the map's own tiles, and points over
   them. The library comes when the first such map stands on the page; the table beside it says the same, with or without the map.

   [data-heat-map]   the place of a map, and in it what is drawn, as JSON
   data-state        on it: waits, drawn, away, cannot
   heat.keepMap(old, fresh)  puts a map that stands in the place of one that would be drawn alike, with the new one's points and box */
(() => {
  const { all, make, whenDrawn } = heat;
  const kept = new Map();
  const once = (name, fetchIt) => {
    if (!kept.has(name)) kept.set(name, fetchIt().catch((fault) => { kept.delete(name); throw fault; }));
    return kept.get(name);
  };
  // By its checksum, so that a network's own page in its place fails; the next try goes past the browser's cache, which may hold that page.
  const failed = new Set();
  const script = ([address, integrity]) => once(address, async () => {
    if (failed.has(address)) await fetch(address, { cache: 'reload', integrity });
    await new Promise((done, fail) => {
      const added = make('script', { src: address, integrity, onload: done, onerror: () => {
        added.remove();
        failed.add(address);
        fail(new Error(address));
      } });
      document.head.append(added);
    });
  });
  const style = (address) => once(address, () => new Promise((done) => {
    document.head.append(make('link', { rel: 'stylesheet', href: address, onload: done, onerror: done }));
  }));
  const read = (address, how) => once(address, () => heat.ask(address, how));

  const stand = (place, state) => { // one of its notices is shown, by state; the others are hidden
    place.dataset.state = state;
    ['waits', 'cannot', 'away'].forEach((each) => { place.querySelector(`:scope > .${each}`).hidden = each !== state; });
  };
  async function draw(place) {
    const asked = JSON.parse(place.dataset.heatMap);
    stand(place, 'waits');
    let found;
    try {
      found = await Promise.all([
        read(asked.style, { fixed: true, holds: (page) => Boolean(page.style && page.levels) }),
        read(asked.classes, { type: 'bytes', bytes: asked.bytes, fixed: Boolean(asked.many) }), style(asked.css),
        asked.js.reduce((before, address) => before.then(() => script(address)), Promise.resolve()),
      ]);
    } catch {
      stand(place, 'away');
      return;
    }
    const bytes = new Uint8Array(found[1]);
    const classes = asked.many ? bytes.slice(asked.from, asked.from + asked.many).map((byte) => byte & 15) : bytes;
    if (place.isConnected) begin(place, asked, found[0], classes);
  }

  function begin(place, asked, page, classes) {
    const { level } = asked;
    const wanted = structuredClone(page.style);
    Object.values(wanted.sources).forEach((source) => { source.tiles = source.tiles.map((url) => location.origin + url); });
    // Of the whole map's layers those of this level, the ground, the authorities and the names; and of its outlines the chosen one's.
    wanted.layers = wanted.layers.filter(({ id }) => ['sea', 'nations', 'authorities', 'labels'].includes(id) || id.endsWith(`-${level}`));
    wanted.layers.forEach((layer) => {
      if (['areas', 'edges'].some((kind) => layer.id === `${kind}-${level}`) || ['authorities', 'labels'].includes(layer.id)) layer.layout.visibility = 'visible';
    });
    const used = new Set(wanted.layers.map((layer) => layer.source));
    Object.keys(wanted.sources).forEach((name) => used.has(name) || delete wanted.sources[name]);
    const [west, south, east, north] = asked.box;
    const holder = make('div', { className: 'drawn-map-holder' });
    place.append(holder);
    let map;
    try {
      map = new maplibregl.Map({
        container: holder, style: wanted, bounds: [[west, south], [east, north]], fitBoundsOptions: { padding: 12 },
        minZoom: 4, maxZoom: 16, maxBounds: [[-26, 47.5], [20, 62]], fadeDuration: 0, attributionControl: false,
        dragRotate: false, pitchWithRotate: false, touchPitch: false, cooperativeGestures: matchMedia('(pointer: coarse)').matches,
        locale: { 'Map.Title': asked.name },
      });
    } catch {
      holder.remove();
      stand(place, 'cannot');
      return;
    }
    map.style.dispatcher.broadcast('SR', ''); // tiles need not know the page's address
    map.touchZoomRotate.disableRotation();
    map.addControl(new maplibregl.NavigationControl({ showCompass: false }), 'top-right');
    map.on('styleimagemissing', ({ id }) => heat.addImage(map, id));
    map.once('style.load', () => {
      const none = [];
      const striped = [];
      classes.forEach((number, id) => {
        const out = number === 255 || (asked.only && number && number !== asked.only);
        const ink = out ? page.ghost : number ? asked.colours[number - 1] : page.noFigure;
        map.setFeatureState({ source: level, sourceLayer: level, id }, { v: ink });
        if (!number) none.push(id);
        else if (!out && asked.striped.includes(number)) striped.push(id);
      });
      if (none.length) pattern(`missing-${level}`, none);
      if (striped.length) {
        const layer = wanted.layers.find(({ id }) => id === `missing-${level}`);
        map.addLayer({ ...structuredClone(layer), id: 'striped', paint: { 'fill-pattern': 'slashes' } }, `edges-${level}`);
        pattern('striped', striped);
      }
      map.once('idle', () => { stand(place, 'drawn'); });
      map.triggerRepaint();
    });
    function pattern(layer, ids) {
      map.setFilter(layer, ['in', ['id'], ['literal', ids]]);
      map.setLayoutProperty(layer, 'visibility', 'visible');
    }
    if (asked.pale) map.once('style.load', () => map.setPaintProperty(`areas-${level}`, 'fill-opacity', 0.55));
    const points = asked.points && addPoints(place, map, asked.points);
    tell(place, map, asked, classes, points);
    place.heatMap = map; // so that another view of the page can move it
    if (asked.chosen) heat.areas.load().then(() => { const found = heat.areas.position(asked.chosen); if (found) outline(map, level, found.position); }).catch(() => {});
  }

  function outline(map, level, id) {
    ['casing', 'chosen'].forEach((kind) => {
      map.setFilter(`${kind}-${level}`, ['==', ['id'], id]);
      map.setLayoutProperty(`${kind}-${level}`, 'visibility', 'visible');
    });
  }

  // ---- points: a sign at each spot, a count where several lie together; pressing a count goes nearer ----

  function addPoints(place, map, first) {
    let spots = first.spots;
    const layers = ['spots', 'clusters'];
    const collection = () => ({
      type: 'FeatureCollection',
      features: spots.map(([lng, lat, told], n) => ({
        type: 'Feature', properties: { n, many: told.length }, geometry: { type: 'Point', coordinates: [lng / 1e5, lat / 1e5] },
      })),
    });
    let sign;
    Promise.all([heat.drawSign(first.sign), new Promise((done) => map.once('style.load', done))]).then(([drawn]) => {
      sign = drawn;
      map.addImage('spot', sign.getContext('2d').getImageData(0, 0, sign.width, sign.height), { pixelRatio: 2 });
      map.addSource('spots', { type: 'geojson', data: collection(), cluster: true, clusterRadius: 36, clusterMaxZoom: 13, clusterProperties: { many: ['+', ['get', 'many']] } });
      const layer = (id, filter, image) => ({ id, type: 'symbol', source: 'spots', filter, layout: { 'icon-image': image, 'icon-allow-overlap': true, 'icon-padding': 0 } });
      const count = ['concat', 'count:', ['to-string', ['get', 'many']]];
      map.addLayer(layer('spots', ['!', ['has', 'point_count']], ['case', ['>', ['get', 'many'], 1], count, 'spot']));
      map.addLayer(layer('clusters', ['has', 'point_count'], count));
    });
    map.on('styleimagemissing', ({ id }) => {
      if (id.startsWith('count:') && !map.hasImage(id)) map.addImage(id, heat.drawCount(sign, id.slice(6)), { pixelRatio: 2 });
    });
    const said = (many) => `${many} ${first.name[many === 1 ? 0 : 1]}`;
    const find = ({ x, y }) => {
      if (!map.getLayer('clusters')) return null;
      const slack = matchMedia('(pointer: coarse)').matches ? 10 : 2;
      const feature = map.queryRenderedFeatures([[x - slack, y - slack], [x + slack, y + slack]], { layers })[0];
      if (!feature) return null;
      const { n, many, cluster } = feature.properties;
      return { feature, cluster, told: cluster ? [] : spots[n][2], words: cluster ? `${said(many)} here: press to go nearer` : said(many) };
    };
    const nearer = async ({ feature }) => {
      const zoom = await map.getSource('spots').getClusterExpansionZoom(feature.properties.cluster_id);
      const glide = { center: feature.geometry.coordinates, zoom: Math.min(zoom + 0.2, map.getMaxZoom()) };
      if (matchMedia('(prefers-reduced-motion: reduce)').matches) map.jumpTo(glide); else map.easeTo({ ...glide, duration: 400 });
    };
    place.heatPoints = (next) => { spots = next.spots; map.getSource('spots')?.setData(collection()); };
    return { find, nearer };
  }

  heat.keepMap = (old, fresh) => {
    const [before, after] = [old, fresh].map((place) => JSON.parse(place.dataset.heatMap));
    const alike = ['style', 'level', 'classes', 'chosen', 'name'].every((key) => before[key] === after[key]);
    if (!old.heatMap || old.dataset.state !== 'drawn' || !old.heatPoints || !after.points || !alike) { old.heatMap?.remove(); return; }
    old.dataset.heatMap = fresh.dataset.heatMap;
    fresh.replaceWith(old);
    old.heatPoints(after.points);
    if (String(before.box) !== String(after.box)) {
      const [west, south, east, north] = after.box;
      old.heatMap.fitBounds([[west, south], [east, north]], { padding: 12, animate: false });
    }
  };

  // ---- pointing: name and class; pressing: the same, to stay, with the way to the area's page ----

  function tell(place, map, asked, classes, points) {
    const { level } = asked;
    const tip = make('div', { className: 'tip', hidden: true });
    place.append(tip);
    const say = (id) => {
      const number = classes[id];
      return number === 255 ? '' : number ? asked.words[number - 1] : asked.none;
    };
    const put = (point) => heat.putTip(tip, point, place, 0.5); // a map in a page is low
    let stays = false;
    const showPoint = (event, stay, found) => {
      map.getCanvas().style.cursor = 'pointer';
      if (stay && found.cluster) { tip.hidden = true; stays = false; points.nearer(found); return; }
      if (stays && !stay) return;
      stays = stay;
      tip.hidden = false;
      tip.classList.toggle('stays', stay);
      tip.replaceChildren(...(found.told.length ? found.told.map(([title, words, link]) => make('p', { className: 'one' },
        stay ? make('a', { href: link, textContent: title }) : make('b', { textContent: title }), make('br'), words)) : [found.words]));
      put(event.point);
      if (stay) tip.querySelector('a')?.focus({ preventScroll: true });
    };
    const show = async (event, stay) => {
      const spot = points?.find(event.point);
      if (spot) { showPoint(event, stay, spot); return; }
      const feature = map.queryRenderedFeatures(event.point, { layers: [`areas-${level}`] })[0];
      map.getCanvas().style.cursor = feature ? 'pointer' : '';
      if (stays && !stay) return;
      const said = feature && say(feature.id);
      tip.hidden = !said;
      stays = stay && Boolean(said);
      tip.classList.toggle('stays', stays);
      if (!said) return;
      await heat.areas.load().catch(() => {});
      const code = heat.areas.code(level, feature.id);
      tip.replaceChildren(make('b', {}, heat.areas.label(level, feature.id)), make('br'), said);
      if (stay && code) tip.append(make('br'), make('a', { href: asked.link.replace('{code}', code), textContent: 'Open it' }));
      put(event.point);
      if (stay) outline(map, level, feature.id);
    };
    map.on('mousemove', (event) => { if (!event.originalEvent.buttons) show(event, false); });
    map.on('mouseout', () => { if (!stays) tip.hidden = true; });
    map.on('click', (event) => show(event, true));
    map.on('movestart', () => { if (tip.contains(document.activeElement)) map.getCanvas().focus({ preventScroll: true }); tip.hidden = true; stays = false; });
    place.addEventListener('keydown', (event) => { if (event.key === 'Escape' && stays) { tip.hidden = true; stays = false; map.getCanvas().focus({ preventScroll: true }); } });
  }

  // ---- on paper: a copy of the picture stands for the map, since a map's own canvas is empty once it has been shown ----

  const clear = () => all('.map-on-paper').forEach((each) => each.remove());
  addEventListener('beforeprint', () => {
    clear(); // a browser may say twice that printing begins
    all('[data-heat-map][data-state=drawn]').forEach(copy);
  });
  function copy(place) {
    const map = place.heatMap;
    const shown = map.getCanvas();
    const picture = make('canvas', { width: shown.width, height: shown.height, className: 'map-on-paper', role: 'img', 'aria-label': JSON.parse(place.dataset.heatMap).name });
    map.once('render', () => picture.getContext('2d').drawImage(shown, 0, 0));
    map.redraw(); // at once, not with the next frame
    place.after(picture);
  }
  addEventListener('afterprint', clear);

  // ---- when ----

  whenDrawn(() => all('[data-heat-map]:not([data-state])').forEach(draw));
  document.addEventListener('click', (event) => {
    const again = event.target.closest('[data-do=map-again]');
    if (again) draw(again.closest('[data-heat-map]'));
  });
})();
