/* The leaflet (heatmap/pages/place/leaflet.py): what is ticked, that it fits its pages, print, and keeping it on this device.
   What is ticked stands behind the "#" of the address, which is never sent: the address can be kept, passed on and opened again. Only a press on "Save for offline" keeps the leaflet, on this device alone; "Forget it" takes it off. */
(() => {
  const CACHE = 'leaflets', STEPS = 4;
  const { all, at, make } = heat;
  const sheets = () => at('leaflet');
  const say = (words) => { at('leaflet-said').textContent = words; };

  // ---- ticks ----

  document.addEventListener('click', (event) => {
    const box = event.target.closest('[data-tick]');
    if (!box) return;
    const on = box.getAttribute('aria-checked') !== 'true';
    const most = Number(box.closest('[data-most]').dataset.most);
    const others = all('[aria-checked=true]', box.closest('[data-group]')).length;
    if (on && others >= most) { say(`${most} fit under each heading. Take one off first.`); return; }
    box.setAttribute('aria-checked', String(on));
    say('');
    draw();
    if (!fits) { // never a cut line: what does not fit goes off again
      box.setAttribute('aria-checked', 'false');
      draw();
      say('That does not fit on the page any more. Take another one off first.');
    }
    write();
  });
  const TICKS = '#tick=';
  function write() { // in the order of the page; nothing ticked is "#tick=" alone
    const ticked = all('[data-tick][aria-checked=true]').map((box) => encodeURIComponent(box.dataset.tick));
    history.replaceState(history.state, '', location.pathname + location.search + TICKS + ticked.join(','));
  }
  function read() { // the ticks of the address, as many as there is room for
    if (!location.hash.startsWith(TICKS)) return;
    const asked = new Set(location.hash.slice(TICKS.length).split(',').map((each) => { try { return decodeURIComponent(each); } catch { return ''; } }));
    let left = 0;
    all('[data-group]').forEach((group) => {
      let room = Number(group.closest('[data-most]').dataset.most);
      all('[data-tick]', group).forEach((box) => {
        const on = asked.has(box.dataset.tick);
        box.setAttribute('aria-checked', String(on && room > 0));
        if (on && room-- <= 0) left++;
      });
    });
    draw();
    for (const box of all('[data-tick][aria-checked=true]').reverse()) { // large letters hold less: the last go off until it fits
      if (fits) break;
      box.setAttribute('aria-checked', 'false');
      left++;
      draw();
    }
    if (left) say(left === 1 ? 'There is no room for 1 of your ticks.' : `There is no room for ${left} of your ticks.`);
  }
  addEventListener('hashchange', () => { if (sheets()) read(); });
  document.addEventListener('click', (event) => { // another form or language of the same leaflet keeps its ticks
    const link = event.target.closest('.leaflet-bar a[href^="?"]');
    if (link && location.hash.startsWith(TICKS)) link.hash = location.hash;
  }, true);
  function draw() {
    const ticked = new Set(all('[data-tick][aria-checked=true]').map((box) => box.dataset.tick));
    const numbers = {};
    all('[data-entry]', sheets()).forEach((entry) => {
      entry.hidden = !ticked.has(entry.dataset.entry);
      if (entry.hidden) return;
      numbers[entry.dataset.entry] = Object.keys(numbers).length + 1;
      entry.querySelector('.n').textContent = numbers[entry.dataset.entry];
    });
    all('[data-pin]', sheets()).forEach((pin) => {
      pin.hidden = !(pin.dataset.pin in numbers);
      pin.textContent = numbers[pin.dataset.pin] || '';
    });
    all('section', sheets()).forEach((part) => { part.hidden = !part.querySelector('[data-entry]:not([hidden])'); });
    spread();
    at('ticked').textContent = `${ticked.size} of ${at('ticked').dataset.all} ticked`;
    fit();
  }

  function spread() { // pins that lie upon each other move apart, so that each number can be read
    const placed = [];
    all('[data-pin]:not([hidden])', sheets()).forEach((pin) => {
      pin.style.marginLeft = '0px';
      const [x, y, step] = [pin.offsetLeft, pin.offsetTop, pin.offsetWidth + 3]; // two rings that touch look like one sign
      let by = 0;
      while (by < 4 * step && placed.some(([left, top]) => Math.abs(left - x - by) < step && Math.abs(top - y) < step)) by += step / 2;
      pin.style.marginLeft = `${by}px`;
      placed.push([x + by, y]);
    });
  }

  // ---- it fits: closer by steps until nothing is cut off. Measured as on paper, also on a narrow screen ----

  let fits = true;
  function fit() {
    const main = sheets();
    main.classList.add('measured');
    for (let step = 0; step <= STEPS; step++) {
      main.dataset.fit = step;
      fits = all('.a4', main).every((page) => page.scrollHeight <= page.clientHeight + 1);
      if (fits) break;
    }
    main.classList.remove('measured');
  }

  // ---- print, save, forget ----

  const deeds = {
    print: () => window.print(),
    save: async () => {
      if (!('caches' in window) || !navigator.serviceWorker) { say('This browser cannot keep it here. Print it, or print it to a file.'); return; }
      try {
        const cache = await caches.open(CACHE);
        await cache.put(location.pathname + location.search, copy());
        await navigator.serviceWorker.register('/offline.js', { scope: '/place/' });
        await show();
        say('Saved on this device. It opens at this address without the internet.');
      } catch {
        say('This browser would not keep it. Print it instead.');
      }
    },
    forget: async () => {
      const cache = await caches.open(CACHE);
      await cache.delete(location.pathname + location.search);
      if (!(await cache.keys()).length) { // nothing is left: nothing at all stays on the device
        await caches.delete(CACHE);
        (await navigator.serviceWorker.getRegistrations()).forEach((worker) => worker.unregister());
      }
      await show();
      say('Forgotten: it is no longer on this device.');
      at('save-leaflet').focus();
    },
  };
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-do-leaflet]');
    if (button) deeds[button.dataset.doLeaflet]();
  });

  /* The leaflet as one page by itself: no script, nothing to fetch. */
  function copy() {
    const rules = all('link[rel=stylesheet]').map((link) => [...link.sheet.cssRules].map((rule) => rule.cssText).join('\n')).join('\n');
    const kept = sheets().cloneNode(true);
    kept.setAttribute('style', sheets().closest('[style]').getAttribute('style')); // the signs
    all('[hidden]', kept).forEach((part) => part.remove());
    const head = make('title', { textContent: document.title });
    const style = make('style', { textContent: rules });
    const bar = make('p', { className: 'leaflet-bar noprint' }, `Kept on this device on ${new Date().toLocaleDateString('en-GB', { dateStyle: 'long' })}. `,
      make('a', { href: '?forget', textContent: 'Forget this leaflet on this device' }));
    const page = `<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">${
      head.outerHTML}${style.outerHTML}</head><body>${bar.outerHTML}${kept.outerHTML}</body></html>`;
    return new Response(page, { headers: {
      'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
      'Referrer-Policy': 'no-referrer' } });
  }

  async function show() { // what is kept already; looking keeps nothing
    const kept = 'caches' in window && await caches.has(CACHE) && await (await caches.open(CACHE)).match(location.pathname + location.search);
    at('forget-leaflet').hidden = !kept;
    at('save-leaflet').querySelector('span:last-child').textContent = kept ? 'Save again' : 'Save for offline';
  }

  // ---- when the page is drawn ----

  heat.onWords(() => {
    const main = sheets();
    if (!main) return;
    spread();
    fit();
    read();
    show();
    document.fonts.ready.then(fit);
    // A picture has no height before it has come: what was fitted without it would be cut off with it.
    Promise.all(all('img', main).map((picture) => picture.decode().catch(() => {}))).then(() => {
      if (sheets() !== main) return;
      spread();
      fit();
    });
  });
  addEventListener('beforeprint', () => {
    const main = sheets();
    if (!main) return;
    document.body.dataset.print = 'leaflet'; // the sheets alone
    fit();
    main.classList.add('measured'); // pins are as large as on paper
    spread();
    main.classList.remove('measured');
  });
  addEventListener('afterprint', () => {
    if (!sheets()) return;
    delete document.body.dataset.print;
    spread();
  });
})();
