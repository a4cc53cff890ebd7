// Buttons that lead somewhere: each says in data-* what it changes, and the change goes into the address.
// Python reads the address and draws the page anew (heatmap/map/controls.py makes the buttons).
(() => {
  const FILTERS = ['deciles', 'regions', 'icbs', 'authorities', 'setting', 'core20'];
  const listOf = (key) => (new URLSearchParams(location.search).get(key) || '').split(',').filter(Boolean);
  const inOrder = (list) => [...new Set(list)].sort((a, b) => a - b || (a < b ? -1 : 1)).join(',');
  const body = document.body;

  const open = (name, value) => {
    body.dataset[name] = value;
    document.querySelectorAll(`[data-do="${name}"][aria-expanded]`).forEach((each) => each.setAttribute('aria-expanded', value === 'open'));
  };
  const deeds = {
    'zoom-in': () => heat.map?.zoomIn(),
    'zoom-out': () => heat.map?.zoomOut(),
    retry: () => { heat.retry?.(); heat.askAgain?.(); heat.tilesAgain?.(); },
    'tiles-again': () => heat.tilesAgain?.(),
    menu: () => open('menu', body.dataset.menu === 'open' ? '' : 'open'),
    filters: () => open('filters', body.dataset.filters === 'open' ? '' : 'open'),
    walk: () => heat.startWalk?.(),
    notice: () => { body.dataset.notice = 'shut'; },
    start: () => { body.dataset.start = 'shut'; heat.comeBack?.(); },
    sheet: (button) => {
      body.dataset.sheet = { peek: 'half', half: 'full', full: 'half' }[body.dataset.sheet] || 'full';
      button.setAttribute('aria-expanded', body.dataset.sheet === 'full');
    },
    share: async (button) => {
      try {
        await navigator.clipboard.writeText(location.href);
        button.lastChild.textContent = 'Link copied';
      } catch { // no clipboard without https: the address bar holds the same
        button.lastChild.textContent = 'Copy it from the address bar';
      }
    },
  };

  document.addEventListener('click', (event) => {
    const picker = event.target.closest('.picker');
    foldOthers(picker);
    const series = event.target.closest('[data-series]');
    if (series) pickSeries(series.dataset.series);
    if (picker && event.target.closest('[data-series],[data-set]')) fold(picker);
    const button = event.target.closest('[data-set],[data-toggle],[data-drop],[data-clear],[data-go],[data-do]');
    if (!button) return;
    const { set, toggle, drop, clear, go, do: deed, fly } = button.dataset;
    if (fly) heat.flyNext?.();
    if (set !== undefined) {
      const [key, value] = set.split('=');
      heat.keyboard = key === 'area' && event.detail === 0; // a click without a pointer: the keyboard's
      heat.set({ [key]: value });
      if (key === 'area' && !value) heat.comeBack?.();
    } else if (toggle) {
      const [key, list] = toggle.split('=');
      const chosen = listOf(key);
      const pressed = list.split(',');
      const all = pressed.every((each) => chosen.includes(each));
      heat.set({ [key]: inOrder(all ? chosen.filter((each) => !pressed.includes(each)) : [...chosen, ...pressed]) });
    } else if (drop) {
      const [key, value] = drop.split('=');
      heat.set({ [key]: value ? inOrder(listOf(key).filter((each) => each !== value)) : '' });
    } else if (clear) {
      heat.set(Object.fromEntries(FILTERS.map((key) => [key, ''])));
    } else if (go) {
      heat.preset?.(go);
    } else if (deeds[deed]) {
      deeds[deed](button);
    }
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    const picker = document.querySelector('.picker[open]');
    if (picker) { fold(picker); return; }
    const shut = ['filters', 'menu'].find((name) => body.dataset[name] === 'open');
    if (shut) {
      deeds[shut]();
      document.querySelector(`[data-do="${shut}"][aria-expanded]`)?.focus(); // what had the focus is hidden now
    }
    else if (new URLSearchParams(location.search).get('area') && !event.target.closest('[role=listbox],[role=combobox]')) {
      heat.set({ area: '' });
      heat.comeBack?.();
    }
  });
  // Who goes on by keyboard out of a phone's sheet that covers the page sees where: the sheet gives way.
  const phone = matchMedia('(max-width: 47.99rem)');
  document.addEventListener('focusin', ({ target }) => {
    if (!phone.matches) return;
    if (body.dataset.filters === 'open' && !target.closest('.sheet-left, .head')) open('filters', '');
    if (body.dataset.sheet === 'full' && !target.closest('.side.right, .head')) {
      body.dataset.sheet = 'half';
      document.querySelector('.grab')?.setAttribute('aria-expanded', 'false');
    }
  });
  // About to choose an indicator: fetch the classes of the others meanwhile, so that the change is at once.
  const hurry = (event) => {
    const { page } = heat;
    if (!page?.layers || !event.target.closest?.('.picker:not(.downloads),#editions')) return;
    const now = page.layers[layerNow()];
    const wanted = event.target.closest('#editions') ? (each) => each.series === now.series : (each) => each.edition === now.edition;
    heat.prefetch?.(Object.keys(page.layers).filter((id) => wanted(page.layers[id])));
  };
  ['pointerover', 'focusin'].forEach((kind) => document.addEventListener(kind, hurry));
  const layerNow = () => {
    const asked = new URLSearchParams(location.search).get('layer');
    return heat.page.layers[asked] ? asked : heat.page.defaultLayer;
  };

  // Lists that unfold (heatmap/map/controls.py: picker): a box to search the long ones, and they close as lists do.
  const unfold = (list) => {
    const name = `Search ${list.dataset.searched}`;
    const box = heat.make('input', { type: 'search', className: 'input s', placeholder: name, autocomplete: 'off', spellcheck: false, 'aria-label': name });
    const facets = [...list.parentElement.querySelectorAll('select[data-facet]')];
    const none = heat.make('p', { className: 's soft none-found', hidden: true, role: 'status' });
    const narrow = () => {
      const words = heat.wordsOf(box.value);
      const asked = facets.filter(({ value }) => value);
      let found = 0;
      list.querySelectorAll('button').forEach((each) => {
        const text = heat.fold(`${each.textContent} ${each.dataset.words || ''}`);
        each.hidden = !words.every((word) => text.includes(word))
          || !asked.every(({ value, dataset }) => (each.dataset[dataset.facet] || '').split('|').includes(value));
        found += !each.hidden;
      });
      none.hidden = found > 0;
      none.textContent = found ? '' : 'Nothing fits all of that. Take a word or a choice away.';
      list.querySelectorAll('h3').forEach((each) => {
        let next = each.nextElementSibling;
        while (next?.hidden) next = next.nextElementSibling;
        each.hidden = !next || next.matches('h3');
      });
    };
    box.addEventListener('input', narrow);
    facets.forEach((each) => each.addEventListener('change', narrow));
    box.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !box.value) return;
      event.preventDefault(); // or the key goes on to the summary, which has the focus by then, and unfolds the list again
      list.querySelector('button:not([hidden])')?.click();
    });
    (list.parentElement.querySelector('.facets') || list).before(box);
    list.before(none);
  };
  document.addEventListener('toggle', ({ target }) => {
    if (!target.matches?.('.picker') || !target.open) return;
    target.querySelector('input')?.focus({ preventScroll: true });
  }, true);
  heat.whenDrawn(() => heat.all('.picker-list:not([data-searched=""]):not([data-ready])').forEach((list) => {
    list.dataset.ready = '';
    unfold(list);
  }));
  const fold = (picker) => {
    picker.open = false;
    picker.querySelector('summary').focus({ preventScroll: true });
  };
  const foldOthers = (inside) => document.querySelectorAll('.picker[open]').forEach((each) => { if (each !== inside) each.open = false; });

  const pickSeries = (series) => {
    const { layers } = heat.page;
    const now = layers[layerNow()];
    if (now.series === series) return;
    const same = Object.keys(layers).filter((id) => layers[id].series === series);
    heat.set({ layer: same.find((id) => layers[id].edition === now.edition) || same.find((id) => layers[id].edition === layers[heat.page.defaultLayer].edition) || same[0] });
  };

  // ---- what Dash calls (heatmap/pages/map.py) ----

  let told = null; // what the page showed when something was last read aloud
  const pick = {
    paint: (search) => { heat.paint?.(search || ''); },
    focus: (data) => { heat.focus?.(data); },
    correct: (search) => {
      if (search === null || search === undefined) return;
      body.dataset.notice = '';
      heat.correct?.(search);
    },
    news: (facts) => {
      if (!facts) return;
      const changed = told ? Object.keys(facts).filter((name) => facts[name] && facts[name] !== told[name]) : [];
      told = facts;
      if (changed.length) heat.tell?.(changed.map((name) => facts[name]).join(' '));
    },
    title: (title) => {
      if (title) document.title = title;
      if (heat.at('place-title')) {
        if (!body.dataset.sheet || body.dataset.sheet === 'peek') body.dataset.sheet = 'half';
        if (heat.keyboard) heat.at('place-title')?.focus();
      } else body.dataset.sheet = 'peek';
      heat.keyboard = false;
      document.querySelectorAll('.picker-list [data-toggle]').forEach((each) => {
        const [key, value] = each.dataset.toggle.split('=');
        each.setAttribute('aria-pressed', listOf(key).includes(value));
      });
    },
  };
  heat.forDash('heat', pick);
})();
