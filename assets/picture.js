// What can be taken away: the addresses of the files, the map as a picture with title, legend and credit, and the page on paper.
(() => {
  if (!heat.page?.levels) return; // a page without a map
  const { page } = heat;
  const { make, textOf } = heat;
  const today = () => new Date().toLocaleDateString('en-CA'); // 2026-03-14
  const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);

  // ---- the words of a picture: those Python wrote for the page ----

  const LOOKS = { ghost: 'pale', miss: 'stripes', weak: 'dots' }; // of the legend's keys (heatmap/map/legend.py)
  const describe = () => {
    const level = textOf('#level-now');
    const chips = heat.all('#chips button').map((chip) => chip.textContent.trim());
    const places = heat.now.points.map((name) => page.points[name]);
    return {
      title: `${textOf('#legend h2')}${level ? `, ${level.charAt(0).toLowerCase()}${level.slice(1)}` : ''}`,
      filters: chips.length ? `Only: ${chips.join(', ')}` : 'All of England',
      chosen: textOf('#place-title') && `Chosen place: ${textOf('#place-title')} (${heat.now.area}). ${textOf('#panel .stand strong')}`,
      boxes: heat.all('#legend .sw i, #legend .kinds li').map((each) => ({
        ink: getComputedStyle(each.querySelector('.k') || each).backgroundColor,
        words: each.title || each.querySelector('.k')?.nextSibling?.textContent || each.textContent,
      })),
      says: heat.all('#legend .say').map((each) => capital(each.textContent)).join(' '),
      keys: heat.all('#legend .keys span').flatMap((each) => Object.entries(LOOKS)
        .filter(([kind]) => each.querySelector(`.${kind}`)).map(([, look]) => `${look} = ${each.textContent.trim()}`)).join(', '),
      places,
      credit: textOf('#credit-full') || textOf('#credit'),
      made: `WHAM HeatMap, ${new Date().toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })}, data of build ${page.build}. It describes areas, not people.`,
    };
  };

  // ---- the map as it stands, copied while it is drawn: afterwards its picture is gone ----

  const copyMap = () => {
    const { map } = heat;
    if (!map || document.documentElement.dataset.show === 'table') return null;
    const canvas = map.getCanvas();
    const copy = make('canvas');
    copy.width = canvas.width;
    copy.height = canvas.height;
    map.once('render', () => copy.getContext('2d').drawImage(canvas, 0, 0));
    map.redraw(); // at once, not with the next frame
    return copy;
  };

  const SCALE = 2; // pixels of the picture for each on the page: sharp on a slide and on paper
  const LONG = 10_000;
  // The map drawn as fine as that, for as long as it takes to copy it.
  async function copySharp() {
    const { map } = heat;
    const before = map.getPixelRatio();
    if (before >= SCALE) return copyMap();
    const still = new Promise((done) => { map.once('idle', done); setTimeout(done, LONG); });
    map.setPixelRatio(SCALE);
    await still;
    const copy = copyMap();
    map.setPixelRatio(before);
    return copy;
  }

  async function draw() {
    const said = describe();
    const scale = Math.max(SCALE, heat.map.getPixelRatio());
    const map = await copySharp();
    const width = Math.max(map.width / scale, 640);
    const pen = make('canvas').getContext('2d');
    const family = getComputedStyle(document.body).fontFamily;
    const gap = 20;
    const signs = await Promise.all(said.places.map(async ({ sign, title }) => {
      const image = Object.assign(new Image(), { src: sign });
      await image.decode().catch(() => {});
      return { image, title };
    }));
    // Lines are laid out twice: once to learn how tall the picture is, once to draw.
    const layOut = (drawing) => {
      let y = gap;
      const write = (words, size, weight = 400, ink = '#1d2433') => {
        pen.font = `${weight} ${size}px ${family}`;
        pen.fillStyle = ink;
        let line = '';
        const flush = () => {
          if (!line) return;
          y += size * 1.4;
          if (drawing) pen.fillText(line, gap, y - size * 0.4);
          line = '';
        };
        for (const word of words.split(/\s+/)) {
          if (line && pen.measureText(`${line} ${word}`).width > width - 2 * gap) flush();
          line = line ? `${line} ${word}` : word;
        }
        flush();
      };
      const row = (items) => { // signs with words, in as many lines as they need
        let x = gap;
        pen.font = `400 13px ${family}`;
        y += 6;
        for (const { words, show } of items) {
          const wide = 26 + pen.measureText(words).width + 18;
          if (x > gap && x + wide > width - gap) { x = gap; y += 24; }
          if (drawing) {
            show(x, y);
            pen.fillStyle = '#1d2433';
            pen.fillText(words, x + 26, y + 13);
          }
          x += wide;
        }
        y += 22;
      };
      write(said.title, 22, 700);
      write(said.filters, 14);
      if (said.chosen) write(said.chosen, 14, 600);
      y += 8;
      const tall = (map.height / map.width) * width;
      if (drawing) pen.drawImage(map, 0, y, width, tall);
      y += tall + 8;
      row(said.boxes.map(({ ink, words }) => ({ words,
        show: (x, top) => {
          pen.fillStyle = ink;
          pen.fillRect(x, top, 20, 16);
          pen.strokeStyle = '#837b6c';
          pen.strokeRect(x + 0.5, top + 0.5, 19, 15);
        } })));
      if (signs.length) row(signs.map(({ image, title }) => ({ words: title, show: (x, top) => pen.drawImage(image, x, top - 2, 20, 20) })));
      if (said.keys) write(`${capital(said.keys)}.`, 13);
      write(said.says, 13);
      y += 6;
      write(said.made, 12, 600, '#4a5162');
      write(said.credit, 12, 400, '#4a5162');
      return y + gap;
    };
    const height = layOut(false);
    pen.canvas.width = Math.round(width * scale);
    pen.canvas.height = Math.round(height * scale);
    pen.scale(scale, scale);
    pen.fillStyle = '#ffffff';
    pen.fillRect(0, 0, width, height);
    layOut(true);
    return new Promise((done) => { pen.canvas.toBlob(done, 'image/png'); });
  }

  async function savePicture() {
    const { layer, level } = heat.now;
    const blob = await draw();
    heat.save(blob, `${layer}_${level}_${today()}.png`);
    heat.tell('The picture of the map is being saved.');
  }

  // ---- the list of files: the API with the filters of the address ----

  const address = (want, format) => {
    const query = new URLSearchParams(want.filter);
    query.delete('layer');
    query.set('level', want.level);
    if (want.period) query.set('period', want.period);
    query.set('format', format);
    return `/api/v1/layers/${want.layer}/values?${query.toString().replaceAll('%2C', ',')}`;
  };
  const why = { table: 'Switch to the map first', none: 'This browser cannot draw the map' };
  function follow() {
    const csv = heat.at('save-csv');
    if (!csv || !heat.now) return;
    ['csv', 'geojson'].forEach((format) => { heat.at(`save-${format}`).href = address(heat.now, format); });
    const { map, show } = document.documentElement.dataset;
    const hindered = map === 'none' ? why.none : show === 'table' ? why.table : '';
    const button = heat.at('save-png');
    button.setAttribute('aria-disabled', Boolean(hindered));
    button.querySelector('small').textContent = hindered || 'with title, legend and credit';
  }
  heat.draws(follow);
  new MutationObserver(follow).observe(document.documentElement, { attributes: true, attributeFilter: ['data-show', 'data-map'] });
  document.addEventListener('toggle', ({ target }) => { if (!target.matches?.('.downloads')) return;
    document.body.classList.toggle('saving', target.open);
    if (target.open) follow();
  }, true);
  document.addEventListener('click', (event) => {
    const item = event.target.closest('#save-png, #save-paper, #save-csv, #save-geojson');
    if (!item || item.getAttribute('aria-disabled') === 'true') return;
    follow(); // a quick hand presses before the list has said that it is open
    const menu = item.closest('details');
    menu.open = false;
    menu.querySelector('summary').focus({ preventScroll: true });
    if (item.id === 'save-png') savePicture();
    else if (item.id === 'save-paper') print();
    else heat.tell(`The ${item.querySelector('b').textContent} is being saved.`);
  });

  // ---- on paper: a copy of the map stands for the map, with the words it needs ----

  function prepare() {
    const paper = heat.at('paper');
    if (!paper || !heat.now) return;
    const said = describe();
    const map = copyMap();
    if (map) {
      map.setAttribute('role', 'img');
      map.setAttribute('aria-label', said.title);
    }
    const boxes = said.boxes.map(({ ink, words }) => {
      const box = make('i');
      box.style.background = ink;
      return make('li', {}, box, words);
    });
    const words = make('div', {}, make('ul', {}, boxes), make('p', {}, said.says), said.keys && make('p', {}, `${capital(said.keys)}.`)); // beside a narrow map, below a broad one
    paper.replaceChildren(make('h2', {}, said.title), make('p', {}, said.filters), make('div', { className: 'on-sheet' }, map, words),
      make('p', { className: 'credit' }, `${said.made} ${said.credit}`));
  }
  addEventListener('beforeprint', prepare);
  addEventListener('afterprint', () => heat.at('paper')?.replaceChildren());
})();
