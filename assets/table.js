// The map's twin: the same areas, filters and words as a table. Made here from what the map has fetched; nothing typed leaves the page.
(() => {
  if (!heat.page?.levels) return; // a page without a map
  const { page } = heat;
  const root = document.documentElement;
  const ROWS = 50;
  const HEADS = {
    lsoa: ['Neighbourhood', 'Authority'], msoa: ['Wider neighbourhood', 'Authority'], lad: ['Authority', 'Region'],
    icb: ['NHS board (ICB)'], rgn: ['Region'],
  };
  const alphabet = new Intl.Collator('en-GB', { numeric: true });
  const { at, make, textOf } = heat;
  const figure = (number) => number.toLocaleString('en-GB');

  // ---- colours of classes, as the map's own description has them ----

  const inks = new Map();
  const [, , ...pairs] = page.style.layers.find((layer) => layer.id === 'areas-lsoa').paint['fill-color'];
  for (let i = 0; i + 1 < pairs.length; i += 2) inks.set(pairs[i], pairs[i + 1]);
  const shine = (hex) => [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const isDark = (hex) => 1.05 / (shine(hex) + 0.05) >= 4.5; // white on it can be read
  // The box before a value: the class's colour; its number where the classes are tenths or fifths of the layer itself.
  const boxOf = (i) => {
    const view = heat.viewOf(heat.now);
    const number = heat.classAt(i);
    if (!number) return make('i', { className: 'step none' });
    const colour = inks.get(view.colours[number - 1]);
    const box = make('i', { className: isDark(colour) ? 'step dark' : 'step' });
    box.style.background = colour;
    if (isTenths(heat.now)) box.textContent = heat.now.groups === 'fifths' ? Math.ceil(number / 2) : number;
    return box;
  };

  // ---- what is listed, in which order ----

  const orders = {}; // by level and column: an area's place in the alphabet
  const alphabetical = (level, column) => {
    const key = `${level} ${column}`;
    if (orders[key]) return orders[key];
    const { count } = page.levels[level];
    const words = Array.from({ length: count }, (_, i) => heat.areas[column](level, i));
    const place = new Map([...new Set(words)].sort(alphabet.compare).map((word, i) => [word, i]));
    return (orders[key] = Int32Array.from(words, (word) => place.get(word)));
  };
  const keys = {}; // by level: what the search looks in
  const keyOf = (level) => {
    if (keys[level]) return keys[level];
    const { areas } = heat;
    const known = new Map();
    const plain = (words) => known.get(words) ?? known.set(words, areas.plain(words)).get(words);
    return (keys[level] = Array.from({ length: page.levels[level].count }, (_, i) => {
      const own = level === 'lsoa' || level === 'msoa' ? ` ${areas.codeName(level, i).toLowerCase()} ` : '';
      return plain(areas.name(level, i)) + own + plain(areas.within(level, i)) + ` ${areas.code(level, i).toLowerCase()}`;
    }));
  };

  // Whether the classes are tenths of the layer itself, not shares of residents.
  const isTenths = (want) => Boolean(page.layers[want.layer].views[`${want.level}.fifths`]) && !heat.viewOf(want).value;

  let sort = { column: 'value', back: false }; // as the address has it; back: the other way round
  let typed = ''; // never in the address: it may be anything
  let first = 0; // the row the page begins with
  let list = new Int32Array(0);
  let ranks = null; // of the view on show, where it has tenths of its own
  let counted = 0; // areas that the filters leave, found by the search or not

  function sortList() {
    const { level } = heat.now;
    const { count } = page.levels[level];
    const words = heat.areas.plain(typed).trim().split(' ').filter(Boolean);
    const searched = words.length ? keyOf(level) : null;
    const found = [];
    counted = 0;
    for (let i = 0; i < count; i++) {
      if (!heat.isKept(i)) continue;
      counted++;
      if (!searched || words.every((word) => searched[i].includes(` ${word}`))) found.push(i);
    }
    list = Int32Array.from(found);
    const way = sort.back ? -1 : 1;
    if (sort.column === 'value' || sort.column === 'rank') {
      // The first class is the worst (or the darkest, where none is); within it by value. Without a figure: last, both ways.
      const { low } = heat.viewOf(heat.now);
      const rank = new Float64Array(count);
      list.forEach((i) => {
        const number = heat.classAt(i);
        const value = heat.valueAt(i) ?? 0;
        rank[i] = number ? number * 1e9 + (ranks ? ranks[i] : low ? value : -value) : Infinity;
      });
      list.sort((a, b) => (rank[a] === rank[b] ? a - b : rank[a] === Infinity ? 1 : rank[b] === Infinity ? -1 : way * (rank[a] - rank[b])));
    } else {
      const place = alphabetical(level, sort.column);
      const then = alphabetical(level, 'name');
      list.sort((a, b) => way * (place[a] - place[b]) || then[a] - then[b] || a - b);
    }
  }

  // ---- drawing: a page's rows alone ----

  let home = null;
  let parts = {};
  function build() {
    const found = at('table');
    if (!found || found === home) return;
    home = found;
    const box = make('input', { type: 'search', className: 'input s', placeholder: 'Search this table', autocomplete: 'off', spellcheck: false });
    box.setAttribute('aria-label', 'Search this table by name, code or authority');
    box.addEventListener('input', () => searchFor(box.value));
    box.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !box.value) return;
      event.preventDefault();
      box.value = '';
      searchFor('');
    });
    const status = make('p', { className: 's soft' });
    status.setAttribute('role', 'status');
    parts = { box, status, caption: make('caption'), head: make('tr'), body: make('tbody'), none: make('div', { className: 'table-none', hidden: true }) };
    parts.table = make('table', { className: 'table twin' }, parts.caption, make('thead', {}, parts.head), parts.body);
    parts.pages = make('nav', { className: 'row wrap pages' }, ...[['First', () => 0], ['Previous', () => first - ROWS], ['Next', () => first + ROWS],
      ['Last', () => Math.floor((list.length - 1) / ROWS) * ROWS]].map(([words, to]) => {
      const button = make('button', { className: 'btn', textContent: words, type: 'button' });
      button.addEventListener('click', () => {
        if (button.getAttribute('aria-disabled') === 'true') return;
        first = to();
        keep('pushState');
        draw();
        parts.scroll.scrollTop = 0;
      });
      return button;
    }));
    parts.pages.setAttribute('aria-label', 'Pages of the table');
    parts.scroll = make('div', { className: 'table-scroll' }, parts.table, parts.none, parts.pages);
    // A sheet that opens over a phone's table must not cover the row just pressed.
    new ResizeObserver(() => parts.body.querySelector('.here')?.scrollIntoView({ block: 'nearest' })).observe(parts.scroll);
    parts.places = make('p', { className: 's table-places', hidden: true });
    home.replaceChildren(make('div', { className: 'table-tools' }, box, status), parts.places, parts.scroll);
    if (root.dataset.map === 'none') home.prepend(document.querySelector(`[data-no-map=${root.dataset.why}] .msg`).cloneNode(true));
    draw();
  }

  const HELP = { value: ['worst or darkest first', 'the other way round'], name: ['A to Z', 'Z to A'], within: ['A to Z', 'Z to A'], rank: ['most deprived first', 'least deprived first'] };
  function drawHead() {
    const { level, groups } = heat.now;
    const tenths = isTenths(heat.now);
    const value = tenths ? (groups === 'fifths' ? 'Fifth' : 'Tenth') : 'Value';
    const columns = [['name', HEADS[level][0]], ...(HEADS[level][1] ? [['within', HEADS[level][1]]] : []), ['value', value], ...(ranks ? [['rank', 'Rank']] : [])];
    // A rising number is "ascending": tenths rise from the worst, most other values fall from it.
    const rises = tenths || !heat.viewOf(heat.now).value || Boolean(heat.viewOf(heat.now).low);
    const was = document.activeElement?.dataset?.sort;
    const sorted = sort.column === 'rank' && !ranks ? 'value' : sort.column; // the same order
    parts.head.replaceChildren(...columns.map(([name, words]) => {
      const button = make('button', { type: 'button', textContent: words });
      button.dataset.sort = name;
      const head = make('th', { scope: 'col', className: name }, button);
      if (sorted === name) head.setAttribute('aria-sort', (name === 'value' ? rises : true) /* names and ranks rise */ !== sort.back ? 'ascending' : 'descending');
      button.title = `Sort: ${HELP[name][sorted === name && !sort.back ? 1 : 0]}`;
      button.addEventListener('click', () => {
        sort = { column: name, back: sorted === name && !sort.back };
        first = 0;
        sortList();
        keep('pushState');
        draw();
        parts.head.querySelector(`[data-sort="${name}"]`).focus();
        parts.scroll.scrollTop = 0;
      });
      return head;
    }));
    if (was && home.contains(parts.head)) parts.head.querySelector(`[data-sort="${was}"]`)?.focus();
  }
  function drawRow(i) {
    const { level, area } = heat.now;
    const { areas } = heat;
    const code = areas.code(level, i);
    const small = [level === 'lsoa' || level === 'msoa' ? areas.codeName(level, i) : '', code].filter(Boolean).join(' · ');
    const button = make('button', { type: 'button' }, make('b', { textContent: areas.name(level, i) }), ' ', make('small', { textContent: small }));
    Object.assign(button.dataset, { set: `area=${code}`, fly: '1' });
    const row = make('tr', {}, make('th', { scope: 'row' }, button));
    if (HEADS[level][1]) row.append(make('td', { className: 'within', textContent: areas.within(level, i) }));
    row.append(make('td', { className: 'value' }, make('div', {}, boxOf(i), make('span', {}, heat.say(i), ...(ranks?.[i] ? [make('small', { textContent: `rank ${figure(ranks[i])}` })] : [])))));
    if (ranks) row.append(make('td', { className: 'num rank', textContent: ranks[i] ? figure(ranks[i]) : '' }));
    if (code === area) {
      row.className = 'here';
      button.setAttribute('aria-current', 'true');
    }
    return row;
  }
  // The words Python wrote for the map's legend and chips: title, period, which end is worse, filters.
  function drawCaption() {
    if (!home) return;
    const filters = heat.all('#chips button').map((chip) => chip.textContent.trim());
    const says = textOf('#legend .say');
    const level = textOf('#level-now');
    parts.caption.replaceChildren(
      make('b', { textContent: `${textOf('#legend h2')}${level ? `, ${level[0].toLowerCase()}${level.slice(1)}` : ''}` }),
      make('span', { textContent: `${says ? `${says[0].toUpperCase()}${says.slice(1)}${says.endsWith('.') ? '' : '.'} ` : ''}${filters.length ? `Only: ${filters.join(', ')}.` : 'All of England.'}` }),
    );
  }
  // Places that are switched on are signs on the map; here it says where the same are in words.
  function drawPlaces() {
    const { points, area } = heat.now;
    parts.places.hidden = !points.length;
    const lists = points.flatMap((kind, n) => {
      const { title, each } = page.points[kind];
      const href = kind === 'projects' ? `/projects${area ? `?near=${area}` : ''}` : `${each}?format=csv${area ? `&near=${area}` : ''}`;
      return [n ? ', ' : '', make('a', { href, textContent: title })];
    });
    const near = area ? [' Those near the chosen place are on ', make('a', { href: `/place/${area}`, textContent: 'its page' }), '.'] : [];
    parts.places.replaceChildren('This table lists areas. The places you ticked are in lists of their own: ', ...lists, '.', ...near);
  }
  const drawNone = (title, words, ...more) => {
    parts.none.replaceChildren(make('h2', { textContent: title }), make('p', { className: 's', textContent: words }), ...more);
    parts.none.hidden = false;
    parts.table.hidden = parts.pages.hidden = true;
  };

  // ---- the address keeps sort and page: a link shows what was seen, and Back goes to the page before ----

  // Where no page is said, the one with the chosen area, else the first. Python need not hear of either: all is done here.
  const startOf = (row) => Math.floor(Math.max(0, row) / ROWS) * ROWS;
  function firstUnsaid() {
    const place = heat.now.area && heat.areas.position(heat.now.area);
    return place && place.level === heat.now.level ? startOf(list.indexOf(place.position)) : 0;
  }
  function keep(how) {
    const { column, back } = sort;
    const search = heat.nextSearch({
      sort: column === 'value' && !back ? '' : `${column}${back ? '_back' : ''}`,
      page: typed || first === firstUnsaid() ? '' : first / ROWS + 1, // what is typed into the search is never in a link
    });
    if (search !== location.search) history[how](how === 'pushState' ? {} : history.state, '', location.pathname + search);
    const { sort: kept, page: number } = heat.read(search);
    Object.assign(heat.now, { sort: kept, page: number });
    followed = addressNow();
  }
  let stays = null; // the row to begin with when a place is shut while words are typed: those are in no address, so neither is the page
  heat.tablePage = () => {
    if (root.dataset.show !== 'table' || !heat.now) return undefined;
    stays = typed ? first : null;
    return typed || !first ? '' : first / ROWS + 1;
  };
  function searchFor(text) {
    typed = text;
    first = 0;
    if (drawn) {
      sortList();
      keep('replaceState');
    }
    draw();
  }

  const shapeOf = ({ layer, level, period, filter, groups }) => [layer, level, period, filter, groups].join();
  let drawn = ''; // the shape the list was made for
  let followed = ''; // the address whose sort and page are shown
  const addressNow = () => [shapeOf(heat.now), heat.now.sort, heat.now.page, heat.now.area].join();
  function draw(anew = false) {
    if (!home || root.dataset.show !== 'table') return;
    if (!heat.now || !heat.areas.code(heat.now.level, 0)) {
      parts.status.textContent = 'Loading the table';
      parts.table.hidden = parts.pages.hidden = true;
      return;
    }
    const shape = shapeOf(heat.now);
    if (shape !== drawn) {
      anew = true;
      drawn = shape;
    }
    const turn = addressNow() !== followed;
    if (turn) {
      const [column, back] = heat.now.sort.split('_');
      sort = { column: column || 'value', back: back === 'back' };
    }
    if (anew || turn) sortList();
    if (turn && stays !== null && !heat.now.area) {
      first = startOf(Math.min(stays, list.length - 1));
      stays = null;
    } else if (turn) first = heat.now.page ? startOf(Math.min((heat.now.page - 1) * ROWS, list.length - 1)) : firstUnsaid();
    followed = addressNow();
    parts.none.hidden = true;
    parts.table.hidden = parts.pages.hidden = false;
    const last = Math.min(first + ROWS, list.length);
    parts.status.textContent = list.length ? `Rows ${figure(first + 1)} to ${figure(last)} of ${figure(list.length)}` : 'No rows';
    if (!list.length) {
      if (counted) {
        const clear = make('button', { type: 'button', className: 'btn', textContent: 'Show all rows' });
        clear.addEventListener('click', () => { parts.box.value = ''; searchFor(''); parts.box.focus(); });
        drawNone('Nothing in this table has that name', 'Try part of a name, an authority or a code. A postcode goes into “Find a postcode or place”.', clear);
      } else drawNone('', '');
      return;
    }
    drawHead();
    drawCaption();
    drawPlaces();
    const was = document.activeElement?.dataset?.set;
    parts.body.replaceChildren(...Array.from(list.subarray(first, last), drawRow));
    if (was?.startsWith('area=')) parts.body.querySelector(`[data-set="${was}"]`)?.focus();
    const [start, back, next, end] = parts.pages.children;
    // Not disabled: the one just pressed must keep the focus.
    [start, back].forEach((each) => each.setAttribute('aria-disabled', first === 0));
    [next, end].forEach((each) => each.setAttribute('aria-disabled', last === list.length));
    parts.pages.hidden = list.length <= ROWS;
    if (turn && heat.now.area) parts.body.querySelector('.here')?.scrollIntoView({ block: 'nearest' });
  }

  // ---- the switch, and when to draw ----

  function pressView() {
    const now = root.dataset.show;
    const was = document.activeElement;
    document.querySelectorAll('[data-view]').forEach((each) => each.setAttribute('aria-pressed', each.dataset.view === now));
    // On a phone only the other view's button is there: the focus goes on to it.
    if (was?.dataset?.view && !was.getClientRects().length) document.querySelector(`[data-view]:not([data-view="${was.dataset.view}"])`)?.focus();
    else if (home?.contains(was) && now !== 'table') heat.comeBack();
  }
  new MutationObserver(() => { pressView(); draw(); }).observe(root, { attributes: true, attributeFilter: ['data-show'] });

  let chosen = ''; // the place whose panel was open last: its row gets the focus back
  heat.comeBack = () => {
    if (root.dataset.show !== 'table') { if (!heat.walkOn?.()) heat.map?.getCanvas().focus(); return; }
    (home?.querySelector(`[data-set="area=${chosen}"]`) || parts.box)?.focus();
  };
  let ready = '';
  heat.draws(async (want) => {
    if (shapeOf(want) !== drawn) ranks = null;
    if (want.area) chosen = want.area;
    if (root.dataset.show !== 'table') return;
    // Figures put areas of one class in order; without them the classes alone do.
    const ranked = isTenths(want) ? heat.loadRanks(want) : null;
    const [, , found] = await Promise.all([heat.areas.load(), heat.loadFigures(want), ranked].map((each) => each?.catch(() => null)));
    if (heat.now !== want) return;
    ranks = found || null;
    if (ready !== shapeOf(want)) followed = ''; // in the right order only now
    ready = shapeOf(want);
    draw(true);
  });
  const watch = new MutationObserver(drawCaption);
  new MutationObserver(() => {
    build();
    const legend = at('legend');
    if (!legend || legend.dataset.heard) return;
    legend.dataset.heard = '';
    [legend, at('chips'), at('level-now')].forEach((each) => watch.observe(each, { childList: true, subtree: true, characterData: true }));
    pressView();
  }).observe(document.body, { childList: true, subtree: true });
})();
