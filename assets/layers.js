/* The page of layers (heatmap/pages/layers/page.py): links that change the address without a new page, and a search that never
   leaves the browser: it hides rows, and nothing typed is ever in an address or a request.

   a[data-way]   "layer" opens a card, "close" shuts it, "filter" sets a filter, "clear" takes search and filters off */
(() => {
  const part = (name) => heat.at(`layers-${name}`);
  const row = (layer) => `#layers-list tr[data-layer="${CSS.escape(layer)}"] a`;
  const layerNow = () => new URLSearchParams(location.search).get('layer') || '';
  const phone = matchMedia('(max-width: 47.99rem)');
  let box;              // the search box, once it is made
  let was = '';         // the layer whose card was open last
  let focusOn = '';     // where the focus belongs once Dash has drawn: it puts new elements in the place of old ones
  let listAt = 0;       // how far the list was scrolled before a card took its place

  // ---- the address ----

  const go = (address) => {
    if (address === location.pathname + location.search) return;
    history.pushState({}, '', address);
    heat.tellDash();
  };
  const without = (key) => {
    const query = new URLSearchParams(location.search);
    query.delete(key);
    return location.pathname + (String(query) ? `?${query}` : '');
  };
  const ways = {
    layer: (link, keyboard) => {
      focusOn = keyboard ? '#layer-title' : row(link.closest('tr')?.dataset.layer || '');
      go(link.getAttribute('href'));
    },
    close: () => {
      focusOn = row(layerNow());
      go(without('layer'));
    },
    filter: (link) => {
      const list = link.closest('details');
      list.open = false;
      focusOn = `#${list.id} summary`;
      go(link.getAttribute('href'));
      follow();
    },
    clear: () => {
      box.value = '';
      go(location.pathname + (layerNow() ? `?layer=${layerNow()}` : ''));
      box.focus();
      find();
    },
  };
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-way]');
    if (!link || !part('list') || !heat.isOwnClick(event)) return;
    event.preventDefault();
    if (!layerNow()) listAt = scrollY;
    ways[link.dataset.way](link, event.detail === 0); // a click without a pointer is the keyboard's
  });
  document.addEventListener('click', (event) => { // anywhere in a row is its link
    if (event.defaultPrevented || event.target.closest('a, button') || String(getSelection())) return;
    event.target.closest('#layers-list tr[data-layer]')?.querySelector('a[data-way=layer]').click();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.defaultPrevented || !event.target.closest?.('#layers-card') || !layerNow()) return;
    ways.close();
  });
  ['keydown', 'pointerdown'].forEach((kind) => addEventListener(kind, () => { focusOn = ''; }, true)); // the reader has gone on
  document.addEventListener('focusin', ({ target }) => { if (focusOn && !target.matches(focusOn)) focusOn = ''; });

  // ---- the search ----

  let saying;
  const say = (words) => {
    clearTimeout(saying); // waits until typing pauses, so that a screen reader is not talked over
    saying = setTimeout(() => {
      if (part('count') && part('count').textContent !== words) dash_clientside.set_props('layers-count', { children: words });
    }, 250);
  };
  function find() {
    const list = part('list');
    const words = heat.wordsOf(box.value);
    let found = 0;
    heat.all('tr[data-words]', list).forEach((each) => {
      const said = heat.fold(each.dataset.words);
      each.hidden = !words.every((word) => said.includes(word));
      found += !each.hidden;
    });
    list.querySelectorAll('tbody').forEach((theme) => { theme.hidden = !theme.querySelector('tr[data-words]:not([hidden])'); });
    part('none').hidden = found > 0;
    list.hidden = !found;
    const every = Number(list.dataset.all);
    say(found === every ? `${every} layers` : `${found} of ${every} layers match${found === 1 ? 'es' : ''}`);
  }
  function mount(place) {
    place.innerHTML = `<span class="input s"><svg width="16" height="16" viewBox="0 0 20 20" fill="none" stroke="currentColor"
      stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><circle cx="9" cy="9" r="5.5"/><path
      d="m13.2 13.2 4 4"/></svg><input type="search" aria-label="Search layers" autocomplete="off" autocapitalize="off"
      spellcheck="false" maxlength="60" placeholder="Search, for example asthma or rent"></span>`;
    box = place.querySelector('input');
    box.addEventListener('input', find);
    box.addEventListener('keydown', (event) => { // the first whose name it is, else the first of what is left
      if (event.key !== 'Enter' || !box.value) return;
      const left = heat.all('tr[data-words]:not([hidden]) a', part('list'));
      const wanted = heat.wordsOf(box.value).join(' ');
      (left.find((link) => heat.fold(link.textContent).includes(wanted)) || left[0])?.click();
    });
  }
  addEventListener('pagehide', () => { if (box) box.value = ''; });

  // ---- when Dash has drawn: the page, a filtered list, another card ----

  function follow() {
    const wanted = focusOn && document.querySelector(focusOn);
    if (wanted && wanted !== document.activeElement) wanted.focus({ preventScroll: focusOn !== '#layer-title' });
    const title = heat.at('layer-title');
    document.body.dataset.card = title ? 'open' : 'none'; // so that styles know: Firefox 115 has no :has()
    const now = title?.dataset.layer || '';
    if (now === was) return;
    was = now;
    document.title = `${title ? `${title.textContent} · ` : ''}Layers · WHAM HeatMap`;
    part('card').scrollTop = 0;
    if (phone.matches) scrollTo(0, now ? 0 : listAt);
  }
  new MutationObserver(() => {
    const place = part('search');
    if (!place) return;
    if (!place.firstChild) mount(place);
    find();
    follow();
  }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['data-words'] });
})();
