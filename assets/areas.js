/* Names and codes of areas, all in the browser: what is typed into the search box never leaves the page.
   The index is one fixed file, the same for everybody. It is fetched once, when first needed.

   heat.areas.load()                 a promise; the functions below answer once it is kept
   heat.areas.code(level, position)  "E01008966"       position = row number in the level's table, sorted by code
   heat.areas.position(code)         { level, position }, or null
   heat.areas.name(level, position)  "Kings Heath Park & Stirchley East"
   heat.areas.label(level, position) "Kings Heath Park & Stirchley East, Birmingham 107E"
   heat.areas.within(level, position)  "Birmingham", the authority of a neighbourhood; the region of an authority
   heat.areas.find(text, limit)      [{ level, position, code, name, detail }], best first */
window.heat = window.heat || {};

heat.areas = (() => {
  const LISTED = ['rgn', 'lad', 'icb', 'msoa'];   // levels found by name; when two fit alike, the first comes first
  const DETAIL = { rgn: 'region', lad: 'local authority', icb: 'NHS board (ICB)' };
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
    names = LISTED.flatMap(level => file[level].name.map((name, position) => {
      const key = plain(name);
      const authority = level === 'msoa' ? plain(file.lad.name[file.msoa.lad[position]]) : ' ';
      return { level, position, key, wide: key + authority };
    }));
  }

  /* " kings heath park and stirchley east ": no accents, capitals or punctuation, a space at both ends,
     so that " stir" finds the beginning of a word and nothing else. */
  const plain = text => ` ${text} `.normalize('NFD').toLowerCase()
    .replace(/[\u0300-\u036f'’‘`]/g, '').replace(/&/g, ' and ').replace(/[^a-z0-9]+/g, ' ')
    .replace(/ saint (?=.)/g, ' st ');

  function code(level, position) {
    const found = index && index[level] && index[level].code[position];
    return typeof found === 'number' ? `E0${found}` : found || null;
  }

  function position(wanted) {
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

  function name(level, position) {
    if (code(level, position) === null) return '';
    return level === 'lsoa' ? index.msoa.name[msoaOf(level, position)] : index[level].name[position];
  }

  function codeName(level, position) {   // "Birmingham 107" or "Birmingham 107E"
    const msoa = msoaOf(level, position);
    return `${stemOf(msoa)} ${index.msoa.number[msoa]}${level === 'lsoa' ? index.lsoa.letter[position] : ''}`;
  }

  function label(level, position) {
    const words = name(level, position);
    return words && (level === 'msoa' || level === 'lsoa') ? `${words}, ${codeName(level, position)}` : words;
  }

  function within(level, position) {
    if (level === 'lad') return index.rgn.name[index.lad.rgn[position]];
    return level === 'lsoa' || level === 'msoa' ? authorityOf(msoaOf(level, position)) : '';
  }

  function suggestion(level, position) {
    const detail = DETAIL[level] || (level === 'msoa' ? `neighbourhoods in ${authorityOf(position)}`
      : `neighbourhood ${codeName(level, position)}`);
    return { level, position, code: code(level, position), name: name(level, position), detail };
  }

  function find(text, limit = 8) {
    const typed = String(text).slice(0, 100), key = plain(typed), words = key.trim().split(' ');
    if (!index || key.trim().length < 2) return [];
    const exact = position(typed.trim().toUpperCase());
    if (exact) return [suggestion(exact.level, exact.position)];

    const [, stem, number, letter] = key.trim().match(/^(.+) (\d{3})([a-z]?)$/) || [];
    if (number) return findCodeName(` ${stem} `, number, letter.toUpperCase()).slice(0, limit);

    const start = key.slice(0, -1), best = [[], [], [], []];   // within each, bigger areas come first
    for (const entry of names) {
      const whole = entry.key;
      if (!words.every(word => entry.wide.includes(` ${word}`))) continue;
      if (whole === key) best[0].push(entry);                                        // newham -> Newham
      else if (whole.startsWith(start)) best[1].push(entry);                         // new -> Newham
      else if (words.every(word => whole.includes(` ${word}`))) best[2].push(entry); // heath -> Kings Heath
      else if (words.some(word => whole.includes(` ${word}`))) best[3].push(entry);  // heath birm: with its authority
    }
    return best.flat().slice(0, limit).map(entry => suggestion(entry.level, entry.position));
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

  return { load, code, position, name, label, codeName, within, plain, find };
})();
