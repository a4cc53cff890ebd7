/* A place's page (heatmap/pages/place/page.py): links that change the address without a new page, the record to copy, and the young
   person's sheet. What is picked for the sheet stays in this page: nothing of it is sent or stored.

   heat.go(address, how)  goes there without a new page where it can: from the front page and between places
   a[data-soft]         a link that goes so; the value is the id of what has the focus afterwards
   [data-copy]          copies the text of the element with this id
   [data-topic]         picks a topic; [data-print=sheet] prints the sheet of what is picked */
(() => {
  const { at } = heat;
  const PLACE = '/place/';
  const isPlace = (path) => path.startsWith(PLACE) && /^[^/]+$/.test(path.slice(PLACE.length));
  const isFront = (path) => path === document.querySelector('a.brand')?.pathname;
  let unsure = '';  // the place that a postcode is only probably in
  let focusOn = ''; // where the focus belongs once other words have come, in new elements

  // ---- from place to place ----

  heat.go = (address, { focus = 'place-title', certain = true } = {}) => {
    const url = new URL(address, location.href);
    // Dash draws the map, and a leaflet has its own print: to and from these the browser goes itself.
    const soft = isPlace(url.pathname) && (isPlace(location.pathname) || isFront(location.pathname));
    if (!soft) { location.assign(url); return; }
    const other = url.pathname !== location.pathname;
    focusOn = focus;
    if (other || url.search !== location.search) heat.turnTo(url.pathname + url.search);
    if (!other) return;
    unsure = certain ? '' : url.pathname;
    scrollTo(0, 0);
  };
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-soft]');
    if (!link || !heat.isOwnClick(event)) return;
    event.preventDefault();
    const list = link.closest('details.chooser');
    if (list) list.open = false;
    heat.go(link.getAttribute('href'), { focus: list ? list.querySelector('summary').id : link.dataset.soft });
  });

  // ---- lists that unfold close as lists do ----

  const fold = (list) => { list.open = false; list.querySelector('summary').focus({ preventScroll: true }); };
  document.addEventListener('click', (event) => {
    document.querySelectorAll('details.chooser[open]').forEach((list) => { if (!list.contains(event.target)) list.open = false; });
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    const list = event.target.closest?.('details.chooser[open]');
    if (list) { fold(list); event.preventDefault(); }
  });

  // ---- the record ----

  const say = (id, words) => { if (at(id)) at(id).textContent = words; };
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('[data-copy]');
    if (!button) return;
    const text = at(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(text.textContent);
      say(`${button.dataset.copy}-said`, 'Copied');
    } catch { // no clipboard without https: the text is chosen, so that the keyboard copies it
      getSelection().selectAllChildren(text);
      say(`${button.dataset.copy}-said`, 'Chosen: press Ctrl and C to copy it');
    }
  });

  // ---- the sheet ----

  document.addEventListener('click', (event) => {
    const topic = event.target.closest('[data-topic]');
    if (topic) pick(topic);
    if (event.target.closest('[data-print=sheet]')) print('sheet');
  });
  function pick(topic) {
    const all = topic.closest('.topics');
    const most = Number(all.dataset.most);
    const on = topic.getAttribute('aria-pressed') !== 'true';
    const picked = all.querySelectorAll('[aria-pressed=true]').length;
    if (on && picked >= most) { say('topics-said', `You have picked ${most}. Take one off to pick another.`); return; }
    topic.setAttribute('aria-pressed', String(on));
    document.querySelector(`[data-line="${CSS.escape(topic.dataset.topic)}"]`).hidden = !on;
    say('topics-said', `${picked + (on ? 1 : -1)} of ${most} picked`);
  }
  function print(what) {
    document.body.dataset.print = what;
    window.print();
  }
  addEventListener('afterprint', () => { delete document.body.dataset.print; });

  // ---- when other words have come ----

  ['keydown', 'pointerdown'].forEach((kind) => addEventListener(kind, () => { focusOn = ''; }, true)); // the reader has gone on
  document.addEventListener('words', () => {
    if (at('probably')) at('probably').hidden = unsure !== location.pathname;
    if (focusOn) at(focusOn)?.focus({ preventScroll: true });
    focusOn = '';
  });
})();
