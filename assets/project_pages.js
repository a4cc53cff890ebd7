/* The pages of projects (heatmap/pages/projects/page.py, project.py): filters that change the address without a new page, a search that
   never leaves the browser (it hides cards, fetches the words of further pages whole, and nothing typed is ever in an address or a
   request), a place from which distances count, and saying that a project is out of date.

   a[data-prj-way]      a link that goes so; the value is the id of what has the focus afterwards
   form[data-prj-form]  a choice that goes so
   form[data-prj-report]  sends why a project is out of date to the address in it */
(() => {
  const PATH = '/projects';
  const { at, make } = heat;
  let focusOn = '';   // where the focus belongs once other words have come, in new elements
  let typed = '';     // what is searched for, kept over a redrawing
  let unfolded = false;

  // ---- the address ----

  const go = (address, focus) => {
    const url = new URL(address, location.href);
    if (url.pathname !== PATH || location.pathname !== PATH || !at('projects-title')) { location.assign(url); return; }
    focusOn = focus;
    if (url.search === location.search) { follow(); return; }
    unfolded = false;
    heat.turnTo(url.pathname + url.search);
  };
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-prj-way]');
    if (!link || !heat.isOwnClick(event)) return;
    event.preventDefault();
    go(link.getAttribute('href'), link.dataset.prjWay);
  });
  document.addEventListener('submit', (event) => {
    const form = event.target.closest('form[data-prj-form]');
    if (!form) return;
    event.preventDefault();
    const query = new URLSearchParams(new FormData(form));
    if (query.get('place') === 'E92000001') query.delete('place');
    go(PATH + (String(query) ? `?${query}` : ''), 'ask-place-show');
  });
  const follow = () => {
    const wanted = focusOn ? at(focusOn) : null;
    focusOn = '';
    wanted?.focus({ preventScroll: true });
  };
  ['keydown', 'pointerdown'].forEach((kind) => addEventListener(kind, () => { focusOn = ''; }, true)); // the reader has gone on

  // ---- the search ----

  let saying;
  function find() {
    const words = heat.wordsOf(typed);
    if (typed.trim() && !words.length) words.push('\n'); // signs alone that are passed over: in no text, so that they find nothing
    const each = heat.all('.prj-list [data-words]');
    let found = 0;
    each.forEach((one) => {
      one.hidden = !words.every((word) => one.dataset.words.includes(word));
      found += !one.hidden;
    });
    at('projects-cards')?.classList.toggle('prj-all', unfolded || words.length > 0);
    const more = document.querySelector('[data-do=projects-all]');
    if (more) more.hidden = unfolded || words.length > 0;
    const further = elsewhere(words);
    drawElsewhere(further);
    const some = found + (further?.length || 0);
    if (at('projects-none')) at('projects-none').hidden = !words.length || some > 0 || further === null;
    const hint = document.querySelector('.prj-hint');
    if (hint) hint.hidden = !heat.postcode || heat.postcode.parse(typed).kind !== 'full';
    clearTimeout(saying); // waits until typing pauses, so that a screen reader is not talked over
    saying = setTimeout(() => {
      const count = at('projects-count');
      if (!count) return;
      const all = Number(count.dataset.all);
      const name = (many) => `${many.toLocaleString('en-GB')} ${many === 1 ? 'project' : 'projects'}`;
      const said = !words.length ? name(all) : further === null ? `${found} on this page, of ${name(all)}` : `${some.toLocaleString('en-GB')} of ${name(all)}`;
      if (count.textContent !== said) count.textContent = said;
    }, 250);
  }

  // ---- on the other pages of the list ----

  const WORDS = new Map(); // an address -> its projects; null while they come; 'away' where they did not
  const A_LIST = 40;

  /* The projects of other pages that hold the words; null while they are not known. */
  function elsewhere(words) {
    const address = at('projects-search')?.dataset.elsewhere;
    if (!address || !words.length) return [];
    if (!WORDS.has(address)) {
      WORDS.set(address, null);
      heat.ask(address, { holds: ({ projects }) => Array.isArray(projects) })
        .then(({ projects }) => WORDS.set(address, projects), () => WORDS.set(address, 'away'))
        .then(find);
    }
    const all = WORDS.get(address);
    if (!Array.isArray(all)) return null;
    const here = new Set(heat.all('.prj-list [data-project]').map((one) => one.dataset.project));
    return all.filter((one) => !here.has(one.id) && words.every((word) => one.words.includes(word)));
  }

  function drawElsewhere(further) {
    const place = at('projects-elsewhere');
    if (!place) return;
    place.hidden = further !== null && !further.length;
    if (place.hidden) { place.replaceChildren(); return; }
    if (further === null) {
      const away = WORDS.get(at('projects-search').dataset.elsewhere) === 'away';
      place.replaceChildren(make('p', { className: 's' }, away ? 'The other pages cannot be searched just now: our server does not answer.' : 'Looking through the other pages …'));
      if (away) {
        const again = make('button', { type: 'button', className: 'btn', textContent: 'Try again' });
        again.addEventListener('click', () => { WORDS.delete(at('projects-search').dataset.elsewhere); find(); });
        place.append(again);
      }
      return;
    }
    const area = document.querySelector('.prj-list [data-project] a')?.search || '';
    const items = further.slice(0, A_LIST).map((one) => make('li', { className: 's' },
      make('a', { href: `/project/${encodeURIComponent(one.id)}${area}`, className: 'b', dir: 'auto', textContent: one.title }), ' ',
      make('span', { className: 'soft', dir: 'auto', textContent: one.organisation })));
    const many = further.length;
    place.replaceChildren(make('h3', {}, `On other pages of the list: ${many.toLocaleString('en-GB')}`), make('ul', { className: 'stack' }, items));
    if (many > A_LIST) place.append(make('p', { className: 'xs soft' }, `These are the first ${A_LIST}. One word more narrows them.`));
  }

  function mountSearch(place) {
    place.innerHTML = `<label class="label" for="projects-words">Search their words</label><span class="input s"><svg width="16" height="16"
      viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"
      aria-hidden="true"><circle cx="9" cy="9" r="5.5"/><path d="m13.2 13.2 4 4"/></svg><input id="projects-words" type="search"
      autocomplete="off" autocapitalize="off" spellcheck="false" maxlength="80" data-lpignore="true" data-1p-ignore
      placeholder="for example leaflet or asthma"></span><p class="xs soft prj-hint" role="status" hidden>That looks like a postcode. The
      box “Nearest first to a postcode or place” is for that. It stays in your browser.</p>`;
    const box = place.querySelector('input');
    box.value = typed;
    box.addEventListener('input', () => { typed = box.value; find(); });
  }
  addEventListener('pagehide', () => { typed = ''; if (at('projects-words')) at('projects-words').value = ''; });

  // ---- the place from which distances count: a postcode stays here, the code of its neighbourhood goes on ----

  function mountNear(place) {
    heat.search.mount(place, {
      onChoose: ({ code }) => {
        const query = new URLSearchParams(location.search);
        query.set('near', code);
        query.delete('page');
        go(`${PATH}?${query}`, 'projects-title');
      },
    });
  }

  document.addEventListener('click', (event) => {
    if (!event.target.closest('[data-do=projects-all]')) return;
    const next = heat.all('#projects-cards .prj-card').find((card) => getComputedStyle(card).display === 'none')?.querySelector('a');
    unfolded = true;
    find();
    next?.focus({ preventScroll: true });
  });

  // ---- when the words have come, the first and others ----

  let openMore = false;
  document.addEventListener('before-words', () => { openMore = at('projects-more')?.closest('details').open; });
  heat.onWords(() => {
    if (!at('projects-search')) return;
    if (openMore && at('projects-more')) at('projects-more').closest('details').open = true;
    mountSearch(at('projects-search'));
    mountNear(at('projects-near'));
    find();
    follow();
  });

  // ---- this is out of date ----

  document.addEventListener('submit', async (event) => {
    const form = event.target.closest('form[data-prj-report]');
    if (!form) return;
    event.preventDefault();
    const said = form.querySelector('[role=status]');
    const button = form.querySelector('button');
    const why = form.elements.reason;
    const tell = (kind, words) => { said.className = `msg ${kind}`; said.textContent = words; };
    if (why.value.trim().length < 3) {
      tell('warn', 'Say in a few words what is no longer right.');
      why.setAttribute('aria-invalid', 'true');
      why.focus();
      return;
    }
    why.removeAttribute('aria-invalid');
    button.disabled = true;
    tell('plain', 'Sending …');
    try {
      const answer = await fetch(form.dataset.prjReport, {
        method: 'POST', headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ reason: why.value.trim(), website: form.elements.website.value }),
      });
      if (!heat.isOurs(answer)) throw new Error('not our server'); // a network's own page does not say that we have it
      const told = await answer.json();
      if (answer.ok) {
        form.querySelectorAll('label, textarea, button, .prj-note').forEach((part) => { part.hidden = true; });
        tell('good', typeof told.detail === 'string' ? told.detail : 'Thank you. Its team or a reviewer will look at it.');
      } else {
        const fault = told.faults?.find((each) => each.field === 'reason')?.sentence;
        tell('warn', fault || (typeof told.detail === 'string' ? told.detail : 'This could not be sent. Nothing is lost: press again in a minute.'));
      }
    } catch {
      tell('warn', 'Our server cannot be reached. What you wrote is still here: press again in a minute.');
    }
    button.disabled = false;
    said.tabIndex = -1;
    said.focus();
  });
})();
