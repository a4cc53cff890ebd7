/* From a postcode to its neighbourhood, without telling anybody the postcode.
   Only its first half (the outward code: B14) is ever asked for, and only if it is on the list that came with the
   page. The answer is the table of the whole district; the second half is looked up here, in memory.

   heat.postcode.parse(text)    { kind, outward, inward, text, listed, repaired }
                                kind: 'empty' | 'partial' | 'full' | 'not_a_postcode'; text: "B14 6RE"
   heat.postcode.resolve(text)  a promise of { kind: 'found', code, certain }
                                or of { kind: 'unknown' | 'partial' | 'outside' | 'not_a_postcode' | 'offline', message } */
heat.postcode = (() => {
  const OUTWARDS = ['A9', 'A99', 'AA9', 'AA99', 'A9A', 'AA9A'], INWARD = '9AA';   // A: a letter, 9: a digit
  const TO_DIGIT = { O: '0', I: '1', L: '1' }, TO_LETTER = { 0: 'O', 1: 'I' };     // slips of the finger
  const PATIENCE = 15000;   // milliseconds until we say that the server is away

  const SCOTLAND = 'Scotland', WALES = 'Wales', INDEX = { Scotland: 'SIMD', Wales: 'WIMD', 'Northern Ireland': 'NIMDM' };
  const ELSEWHERE = { BT: 'Northern Ireland', JE: 'Jersey', GY: 'Guernsey', IM: 'the Isle of Man', CF: WALES, SA: WALES };
  'AB DD EH FK G HS IV KA KW KY ML PA PH ZE'.split(' ').forEach(area => { ELSEWHERE[area] = SCOTLAND; });
  // These cross the border. A district of theirs without one English postcode is probably on the other side.
  const BORDER = { DG: SCOTLAND, TD: SCOTLAND, LD: WALES, LL: WALES, NP: WALES };

  const SAY = {
    empty: 'Type a postcode, or the name of a place.',
    not_a_postcode: 'We found no such postcode or place. A postcode looks like B14 6RE.',
    no_name: 'We cannot find a place with that name in England. Try part of the name, the nearest town, or a postcode.',
    unknown: 'We do not have this postcode: it may be mistyped, newer than November 2025, or outside England.',
    offline: 'We cannot reach our server. Check the connection and try again.',
  };
  const MISSING = ['', 'last letter', 'last two letters', 'last three characters'];

  const areaOf = outward => outward.match(/^[A-Z]*/)[0];

  let source = null, lists = null;
  function listed() {   // the outward codes as sets, made once from the page's words
    const page = heat.page || {};
    if (!lists || source !== page.outwards) {
      source = page.outwards;
      const all = (page.outwards || '').split(' ').filter(Boolean);
      lists = { all: new Set(all), areas: new Set(all.map(areaOf)), small: new Set((page.small || '').split(' ')) };
    }
    return lists;
  }

  /* The typed characters read as this pattern: "BI4" as A99 is B14, one repair. Null if they do not fit. */
  function read(typed, pattern) {
    let text = '', repairs = 0;
    for (let i = 0; i < typed.length; i++) {
      const digit = pattern[i] === '9', fits = /\d/.test(typed[i]) === digit;
      const right = fits ? typed[i] : (digit ? TO_DIGIT : TO_LETTER)[typed[i]];
      if (!right) return null;
      if (!fits) repairs++;
      text += right;
    }
    return { text, repairs };
  }

  function parse(text) {
    const tidy = String(text ?? '').slice(0, 60).normalize('NFKC').toUpperCase()
      .replace(/[\s\u200b\ufeff\p{Pd}.,]+/gu, ' ').trim();
    const typed = tidy.replace(/ /g, ''), gap = tidy.indexOf(' ');
    const no = kind => ({ kind, outward: '', inward: '', text: '', listed: false, repaired: false });
    if (!typed) return no('empty');
    // A reading needs a digit that was typed, or "Mills" would be read as M1 1LS.
    if (!/^[A-Z0-9]{2,7}$/.test(typed) || !/\d/.test(typed)) return no('not_a_postcode');
    // The only one of its shape; it was Girobank's, in Bootle.
    if (typed === 'GIR0AA') return { ...no('full'), outward: 'GIR', inward: '0AA', text: 'GIR 0AA' };

    const readings = [];
    for (const pattern of OUTWARDS) {
      const rest = typed.length - pattern.length;   // how much of the second half is there
      const reading = rest >= 0 && rest <= 3 && read(typed, pattern + INWARD);
      if (!reading) continue;
      const outward = reading.text.slice(0, pattern.length), inward = reading.text.slice(pattern.length);
      if (rest === 3 || plausible(outward)) readings.push({ outward, inward, repairs: reading.repairs, rest, gap });
    }
    const best = readings.sort((a, b) => cost(a) - cost(b))[0];
    if (!best) return no('not_a_postcode');
    const { outward, inward, repairs, rest } = best;
    return { kind: rest === 3 ? 'full' : 'partial', outward, inward, text: `${outward} ${inward}`.trim(),
      listed: listed().all.has(outward), repaired: repairs > 0 };
  }

  const plausible = outward => known(outward) || [...listed().all].some(code => code.startsWith(outward));
  const known = outward => listed().areas.has(areaOf(outward)) || areaOf(outward) in ELSEWHERE;

  /* Which reading is likeliest; the smallest wins. What was typed comes before what we repaired, if it makes sense:
     ML1 is Motherwell, not a slip for M11. Then whole postcodes, then the typed space, then the longer first half. */
  function cost({ outward, repairs, rest, gap }) {
    const onList = listed().all.has(outward), real = /^[A-Z]+(0|[1-9]\d?)$/.test(outward) && known(outward);
    const kind = onList && !repairs ? 0 : real && !repairs ? 1 : onList ? 2 : 3;
    const split = rest < 3 && gap > 0 && gap !== outward.length;
    return kind * 1000 + repairs * 100 + (rest < 3 ? 50 : 0) + (split ? 10 : 0) - outward.length;
  }

  function outside({ outward, inward, listed: english }) {
    const area = areaOf(outward), sure = ELSEWHERE[area], where = sure || (!english && inward && BORDER[area]);
    if (!where) return '';
    const own = INDEX[where] ? ` ${where}’s own index is ${INDEX[where]}.` : '';
    return `That postcode is ${sure ? '' : 'probably '}in ${where}. This map covers England.${own}`;
  }

  const isTable = body => Boolean(body.outwards || body.postcodes);
  const tables = new Map();   // memory only: gone with the page
  function fetchTable(file) {
    if (!tables.has(file)) {
      const stop = new AbortController(), timer = setTimeout(() => stop.abort(), PATIENCE);
      // no-store: which districts were looked up is not left in the browser's cache on a shared computer
      const table = heat.ask(`/api/v1/postcodes/${file}`, { signal: stop.signal, cache: 'no-store', holds: isTable })
        .finally(() => clearTimeout(timer));
      table.catch(() => tables.delete(file));   // so that the next try asks again
      tables.set(file, table);
    }
    return tables.get(file);
  }

  async function rowsOf(outward) {
    // A rare outward code is nearly the postcode, so the small ones come all together.
    if (listed().small.has(outward)) return (await fetchTable('small')).outwards[outward] || {};
    return (await fetchTable(outward)).postcodes;
  }

  async function resolve(text) {
    const typed = parse(text), answer = (kind, message = SAY[kind]) => ({ kind, message });
    if (typed.kind === 'empty') return answer('not_a_postcode', SAY.empty);
    if (typed.kind === 'not_a_postcode') return answer('not_a_postcode', /\d/.test(text) ? SAY.not_a_postcode : SAY.no_name);
    const elsewhere = outside(typed);
    if (elsewhere) return answer('outside', elsewhere);
    if (typed.kind === 'partial') {
      return answer('partial', `That is the beginning of a postcode. Add the ${MISSING[3 - typed.inward.length]}.`);
    }
    if (!listed().all.size) return answer('offline');   // the page came without its list: ask nothing
    if (!typed.listed) return answer('unknown');
    try {
      const row = (await rowsOf(typed.outward))[typed.inward];
      return row ? { kind: 'found', code: row[0], certain: row[3] !== 'P' } : answer('unknown');
    } catch {
      return answer('offline');   // the error is dropped: nothing of it is shown or logged
    }
  }

  return { parse, resolve, offline: SAY.offline };
})();
