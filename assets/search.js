/* The search box: a postcode or a place, found without a request that holds what was typed.
   It mounts itself on every <div data-heat-search>, whenever that appears; its parts are drawn by heatmap/pages/frame/search_box.py.

   heat.search.mount(element, { onChoose })   onChoose gets { code, level, certain }
   Without onChoose: heat.choose(detail) if the map offers it, else the page /place/<code>. */
heat.search = (() => {
  const { make } = heat;
  const svg = (size, path) => `<svg width="${size}" height="${size}" viewBox="0 0 20 20" fill="none" stroke="currentColor"
    stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${path}</svg>`;
  const INFO = svg(20, '<circle cx="10" cy="10" r="7"/><path d="M10 9.2V13.5M10 6.4v.1"/>');
  const WARN = svg(20, '<path d="M10 3.2 17.3 16H2.7Z"/><path d="M10 8v4m0 2v.1"/>');
  const PROBABLY = 'This postcode is probably in this neighbourhood. We worked that out from its map reference.';

  const fields = new Map();   // element -> { settings, clear }

  function mount(element, settings = {}) {
    if (fields.has(element)) { Object.assign(fields.get(element).settings, settings); return; }
    if (!element.querySelector('input')) element.innerHTML = heat.page.box; // of ours: heatmap/pages/frame/search_box.py
    const part = selector => element.querySelector(selector);
    const input = part('input'), { id } = input, clearButton = part('.search-clear'), popup = part('.search-popup');
    const hint = part('.search-hint'), list = part('ul'), message = part('.search-message'), status = part('.vh');
    let options = [], active = -1, suggesting = null, namesAway = false, waiting, announcing;
    let turn = 0;   // goes up with every change: an answer to an older question is dropped

    // ---- what is said ----
    function say(kind, text = '', again = false) {
      clearTimeout(waiting);
      message.replaceChildren();
      if (!text) return;
      const box = make('div', { className: `msg ${kind}`, innerHTML: kind === 'warn' ? WARN : INFO });
      const cut = text.search(/[.:] /) + 1 || text.length;   // the first words are bold
      const words = make('div', {}, make('b', {}, text.slice(0, cut)), text.slice(cut));
      if (again) {
        const button = make('button', { type: 'button', className: 'search-again', textContent: 'Try again' });
        button.addEventListener('click', () => { input.focus(); enter(); });
        words.append(' ', button);
      }
      box.append(words);
      message.append(box);
    }

    function announce(text) {   // waits until typing pauses, so that a screen reader is not talked over
      clearTimeout(announcing);
      announcing = setTimeout(() => { status.textContent = text; }, 300);
    }

    // ---- the list ----
    function draw(found, help = '') {
      options = found;
      list.replaceChildren(...options.map((option, i) => {
        const item = make('li', { id: `${id}-${i}`, role: 'option' }, make('b', {}, option.name), ' ', make('span', { className: 'xs soft' }, option.detail));
        item.addEventListener('click', () => choose(option));
        return item;
      }));
      hint.textContent = help;
      hint.hidden = !help;
      list.hidden = !options.length;
      const focused = document.activeElement === input;   // names may come after the reader has gone on
      popup.hidden = !focused || (!options.length && !help);
      input.setAttribute('aria-expanded', String(focused && options.length > 0));
      point(-1);
    }

    function point(at) {
      active = at;
      [...list.children].forEach((item, i) => item.setAttribute('aria-selected', String(i === at)));
      if (at < 0) { input.removeAttribute('aria-activedescendant'); return; }
      input.setAttribute('aria-activedescendant', `${id}-${at}`);
      list.children[at].scrollIntoView({ block: 'nearest' });
    }

    async function suggest() {
      const mine = ++turn, text = input.value, reading = heat.postcode.parse(text);
      say();
      clearButton.hidden = !text;
      if (reading.kind === 'full') {
        const name = `${reading.repaired ? 'Read as ' : ''}${reading.text}:`;
        draw([{ postcode: true, name, detail: 'go to its neighbourhood' }]);
        return announce(`${name} go to its neighbourhood`);
      }
      const help = reading.listed && !reading.inward ? `${reading.text}: add the last three characters` : '';
      const named = text.replace(/[^\p{L}\p{N}]/gu, '').length > 1;
      if (named) {
        try { await heat.areas.load(); namesAway = false; } catch { namesAway = true; }   // postcodes still work
        if (mine !== turn) return;
      }
      draw(named ? heat.areas.find(text, 8) : [], help);
      announce(help || (named ? `${options.length || 'No'} ${options.length === 1 ? 'suggestion' : 'suggestions'}` : ''));
    }

    // ---- what is chosen ----
    const tell = detail => (settings.onChoose || heat.choose || (it => (heat.go || (way => location.assign(way)))(`/place/${it.code}`, it)))(detail);

    function wait() {   // nothing is said before 400 ms
      clearTimeout(waiting);
      waiting = setTimeout(() => say('plain', 'Looking it up …'), 400);
    }

    async function choose(option) {
      draw([]);
      if (option.postcode) return look();
      turn++;
      say();
      announce(`Chosen: ${option.name}`);
      tell({ code: option.code, level: option.level, certain: true });
    }

    async function look() {
      const mine = ++turn;
      wait();
      const answer = await heat.postcode.resolve(input.value);
      if (mine !== turn) return;
      if (answer.kind !== 'found') {
        const away = answer.kind === 'offline';
        return say(away ? 'warn' : 'plain', answer.message, away);
      }
      say('plain', answer.certain ? '' : PROBABLY);
      if (answer.certain) announce('Found');
      tell({ code: answer.code, level: 'lsoa', certain: answer.certain });
    }

    async function enter() {   // the chosen suggestion, else the first, else what the words themselves say
      if (!options.length) suggesting = suggest();
      const mine = turn;
      wait();
      await suggesting;
      if (mine !== turn) return;
      clearTimeout(waiting);
      const option = options[active] || options[0];
      if (option) return choose(option);
      draw([]);
      if (namesAway && heat.postcode.parse(input.value).kind === 'not_a_postcode') say('warn', heat.postcode.offline, true);
      else look();
    }

    function clear() {
      turn++;
      input.value = '';
      clearButton.hidden = true;
      draw([]);
      say();
      clearTimeout(announcing);
      status.textContent = '';
    }

    // ---- keys and fingers ----
    input.addEventListener('focus', () => heat.areas.load().catch(() => {}));   // the index comes when it may be wanted
    input.addEventListener('input', () => { suggesting = suggest(); });
    input.addEventListener('blur', () => draw([]));
    popup.addEventListener('mousedown', event => event.preventDefault());       // a press on the list keeps the focus
    clearButton.addEventListener('click', () => { clear(); input.focus(); });
    input.addEventListener('keydown', event => {
      const last = options.length - 1;
      const moves = { ArrowDown: active < last ? active + 1 : 0, ArrowUp: active > 0 ? active - 1 : last };
      if (active >= 0) Object.assign(moves, { Home: 0, End: last });            // before that they move the caret
      if (event.isComposing) return;
      if (event.key === 'Enter') enter();
      else if (event.key === 'Escape' && (!popup.hidden || input.value)) { if (popup.hidden) clear(); else draw([]); }
      else if (event.key in moves && last >= 0) point(moves[event.key]);
      else if (event.key === 'ArrowDown' && input.value) suggesting = suggest();   // opens a closed list
      else return;
      event.preventDefault();
      event.stopPropagation();   // the map has its own use for these keys
    });
    fields.set(element, { settings, clear });
    if (input.value) suggesting = suggest(); // typed before this script had come
    if (document.activeElement === input) heat.areas.load().catch(() => {});
  }

  // Dash draws its pages late and swaps them without a page load: watch for boxes that come, empty those that go.
  function watch() {
    for (const [element, field] of fields) if (!element.isConnected) { field.clear(); fields.delete(element); }
    heat.all('[data-heat-search]').forEach(element => { if (!fields.has(element)) mount(element); });
  }
  const forget = () => fields.forEach(field => field.clear());
  window.addEventListener('pagehide', forget);
  window.addEventListener('pageshow', event => { if (event.persisted) forget(); });   // Back, from the browser's memory
  heat.whenDrawn(watch);

  return { mount };
})();
