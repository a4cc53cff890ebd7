/* Names and codes of areas, all in the browser: what is typed into the search box never leaves the page.
   The index is one fixed file, the same for everybody. It is fetched once, when first needed.

   heat.areas.load()                 a promise; the functions below answer once it is kept
   heat.areas.code(level, position)  "E01008966"       position = row number in the level's table, sorted by code
   heat.areas.position(code)         { level, position }, or null; a code of another year as what it is now
   heat.areas.name(level, position)  "Kings Heath Park & Stirchley East"
   heat.areas.label(level, position) "Kings Heath Park & Stirchley East, Birmingham 107E"
   heat.areas.within(level, position)  "Birmingham", the authority of a neighbourhood; the region of an authority
   heat.areas.find(text, limit)      [{ level, position, code, name, detail }], best first */
heat.areas = (() => {
  const LISTED = ['rgn', 'lad', 'icb', 'msoa'];   // levels found by name; when two fit alike, the first comes first
  const DETAIL = { rgn: 'region', lad: 'local authority', icb: 'NHS board (ICB)' };
  /* Words that say what kind of thing an area is, and words that are a part of some names and round others:
     the same rule as heatmap/geography/area_names.py; tests/named.py holds both to it. */
  const KINDS = {
    nhs: 'icb', icb: 'icb', ics: 'icb', integrated: 'icb', care: 'icb', board: 'icb', system: 'icb',
    council: 'lad', councils: 'lad', borough: 'lad', district: 'lad', metropolitan: 'lad', unitary: 'lad', authority: 'lad',
    corporation: 'lad', mbc: 'lad', bc: 'lad', dc: 'lad', cc: 'lad', lb: 'lad', local: 'lad', region: 'rgn',
  };
  const AROUND = new Set(['city', 'county', 'of', 'the', 'royal', 'london', 'and', 'england', 'upon', 'town', 'area']);
  let index = null;     // the file, with its codes unpacked
  let names = [];       // every name once more, made ready for comparing
  let loading = null;

  function load() {
    loading = loading || fetchIndex().then(prepare)
      .catch(error => { loading = null; throw error; });   // so that the next call tries again
    return loading;
  }

  async function fetchIndex() {
    if (!heat.page || !heat.page.search) throw new Error('the page names no search index');
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), 15000);
    try {
      return await heat.ask(heat.page.search, { signal: stop.signal, fixed: true, holds: isIndex });
    } finally { clearTimeout(timer); }
  }

  const isIndex = file => [...LISTED, 'lsoa'].every(level => Array.isArray(file[level]?.code));

  function prepare(file) {
    for (const level of ['msoa', 'lsoa']) {   // the file holds differences: they pack to a tenth of the size
      let sum = 0;
      file[level].code = Int32Array.from(file[level].code, step => (sum += step));
    }
    index = file;
    const others = (file.also || []).map(([code, former]) => ({ ...positionOf(code), key: plain(former), wide: plain(former), former }));
    names = LISTED.flatMap(level => [...file[level].name.map((name, position) => {
      const key = plain(name);
      const authority = level === 'msoa' ? plain(file.lad.name[file.msoa.lad[position]]) : ' ';
      return { level, position, key, wide: key + authority, former: '' };
    }), ...others.filter(other => other.level === level)]);
  }

  /* " kings heath park and stirchley east ": no accents, capitals or punctuation, a space at both ends,
     so that " stir" finds the beginning of a word and nothing else. */
  const plain = text => ` ${text} `.normalize('NFKD').toLowerCase()
    .replace(/[\u0300-\u036f'’‘`]/g, '').replace(/&/g, ' and ').replace(/[^a-z0-9]+/g, ' ')
    .replace(/ saint (?=.)/g, ' st ');

  function codeOf(level, position) {
    const found = index && index[level] && index[level].code[position];
    return typeof found === 'number' ? `E0${found}` : found || null;
  }

  function positionOf(wanted) {   // of a code of ours, or of another year where it is now one area
    const found = ours(wanted);
    const now = !found && index && index.former && index.former[wanted];
    return now && now[0].length === 1 ? ours(now[0][0]) : found;
  }

  function ours(wanted) {
    if (!index || !/^E\d{8}$/.test(wanted)) return null;
    const level = { E01: 'lsoa', E02: 'msoa' }[wanted.slice(0, 3)];
    if (level) return at(level, row(index[level].code, Number(wanted.slice(2))));
    return at('rgn', index.rgn.code.indexOf(wanted)) || at('icb', index.icb.code.indexOf(wanted))
      || at('lad', index.lad.code.indexOf(wanted));
  }
  const at = (level, place) => (place < 0 ? null : { level, position: place });

  function row(numbers, wanted) {   // halving: 33,755 codes in 15 looks
    let low = 0, high = numbers.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (numbers[middle] === wanted) return middle;
      if (numbers[middle] < wanted) low = middle + 1; else high = middle - 1;
    }
    return -1;
  }

  const msoaOf = (level, position) => (level === 'lsoa' ? index.lsoa.msoa[position] : position);
  const authorityOf = msoa => index.lad.name[index.msoa.lad[msoa]];
  // The statisticians' names are older than some authorities: Cumberland's areas are "Allerdale 001".
  const stemOf = msoa => (index.msoa.stem && index.msoa.stem[msoa]) || authorityOf(msoa);

  function nameOf(level, position) {
    if (codeOf(level, position) === null) return '';
    return level === 'lsoa' ? index.msoa.name[msoaOf(level, position)] : index[level].name[position];
  }

  function codeName(level, position) {   // "Birmingham 107" or "Birmingham 107E"
    const msoa = msoaOf(level, position);
    return `${stemOf(msoa)} ${index.msoa.number[msoa]}${level === 'lsoa' ? index.lsoa.letter[position] : ''}`;
  }

  function label(level, position) {
    const words = nameOf(level, position);
    return words && (level === 'msoa' || level === 'lsoa') ? `${words}, ${codeName(level, position)}` : words;
  }

  function within(level, position) {
    if (level === 'lad') return index.rgn.name[index.lad.rgn[position]];
    return level === 'lsoa' || level === 'msoa' ? authorityOf(msoaOf(level, position)) : '';
  }

  function suggestion(level, position, more = '') {
    const detail = DETAIL[level] || (level === 'msoa' ? `neighbourhoods in ${authorityOf(position)}`
      : `neighbourhood ${codeName(level, position)}`);
    return { level, position, code: codeOf(level, position), name: nameOf(level, position), detail: detail + more };
  }

  function find(text, limit = 8) {
    const typed = String(text).slice(0, 100), key = plain(typed), words = key.trim().split(' ');
    if (!index || key.trim().length < 2) return [];
    const wanted = typed.normalize('NFKC').trim().toUpperCase(), exact = ours(wanted), heirs = index.former && index.former[wanted];
    if (exact) return [suggestion(exact.level, exact.position)];
    if (heirs) return heirs[0].map(ours).map(now => suggestion(now.level, now.position, `, which ${wanted} ${heirs[0].length > 1 ? 'became in part' : 'is read as'}`)).slice(0, limit);

    const [, stem, number, letter] = key.trim().match(/^(.+) (\d{3})([a-z]?)$/) || [];
    if (number) return findCodeName(` ${stem} `, number, letter.toUpperCase()).slice(0, limit);

    let found = fit(words);
    const less = telling(words);
    if (less.length !== words.length) {
      const kinds = words.map(word => KINDS[word]).filter(Boolean), right = entry => !kinds.length || kinds.includes(entry.level);
      const around = fit(less).sort((one, other) => !right(one) - !right(other));   // "NHS Devon" means the board
      const best = around.filter(entry => [less.join(' '), words.join(' ')].includes(entry.key.trim()) && right(entry));
      found = [...best, ...found, ...around];
    }
    const once = new Map();
    found.forEach(entry => { const id = `${entry.level} ${entry.position}`; if (!once.has(id)) once.set(id, entry); });
    return [...once.values()].slice(0, limit).map(({ level, position, former }) => suggestion(level, position, former && `, also called ${former}`));
  }

  /* The words that say which area is meant; where all are ordinary, those that may be a name. */
  function telling(words) {
    const begins = word => word.length > 2 && Object.keys(KINDS).some(kind => kind.startsWith(word));   // still being typed
    const named = words.filter((word, n) => !(word in KINDS || (n && n === words.length - 1 && begins(word))));
    const left = named.filter(word => !AROUND.has(word));
    return left.length ? left : named.length ? named : words;
  }

  function fit(words) {
    const key = ` ${words.join(' ')} `, start = key.slice(0, -1), best = [[], [], [], []];   // within each, bigger areas come first
    for (const entry of names) {
      const whole = entry.key;
      if (!words.every(word => entry.wide.includes(` ${word}`))) continue;
      if (whole === key) best[0].push(entry);                                        // newham -> Newham
      else if (whole.startsWith(start)) best[1].push(entry);                         // new -> Newham
      else if (words.every(word => whole.includes(` ${word}`))) best[2].push(entry); // heath -> Kings Heath
      else if (words.some(word => whole.includes(` ${word}`))) best[3].push(entry);  // heath birm: with its authority
    }
    return best.flat();
  }

  /* "Birmingham 107": the larger neighbourhood and the ones in it. "Birmingham 107E": that one. */
  function findCodeName(stem, number, letter) {
    const found = [];
    index.msoa.number.forEach((own, msoa) => {
      if (own !== number || ![stemOf(msoa), authorityOf(msoa)].some(words => plain(words) === stem)) return;
      if (!letter) found.push(suggestion('msoa', msoa));
      index.lsoa.msoa.forEach((parent, lsoa) => {
        if (parent === msoa && (!letter || index.lsoa.letter[lsoa] === letter)) found.push(suggestion('lsoa', lsoa));
      });
    });
    return found;
  }

  return { load, code: codeOf, position: positionOf, name: nameOf, label, codeName, within, plain, find };
})();
