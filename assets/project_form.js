/* The form of a project (heatmap/pages/share/form.py), for the page that shares one and the page that corrects one.
   What people typed is put on the page as text, never as HTML.

   heat.share.sign(name, size)                     a sign beside words
   heat.share.send(method, address, how)           a promise of { status, said, body }; status 0 where no answer came
   heat.share.show(record)                         a record as a reader sees it
   heat.share.say(field, value)                    one answer in words
   heat.share.copy(text, saidId, field)            to the clipboard, or chosen for the keyboard
   heat.share.onPage(id, begin)                    begin(element) whenever Dash has drawn an element of this id
   heat.share.emptyOnLeaving(holds)                empties the page as it is left, where holds() says that it has a secret
   heat.share.Form                                 read(), fill(record), check(), tell(faults), and on(what, run) */
heat.share = (() => {
  const PATIENCE = 30_000;
  const { all, at, make } = heat;

  const sign = (name, size = 20) => { // as heatmap/drawing/elements.py draws them
    const drawn = make('span', { className: 'ico', 'aria-hidden': 'true' });
    const picture = `var(--sign-${name})`;
    Object.assign(drawn.style, { maskImage: picture, webkitMaskImage: picture, width: `${size}px`, height: `${size}px` });
    return drawn;
  };

  const words = () => JSON.parse(at('share-words').dataset.words);

  // ---- to the server and back: no cookie, no referrer, nothing in the cache, the token in a header alone ----

  const LOST = 'We cannot reach our server. Nothing you wrote is lost. Check the connection and press again.';
  const send = async (method, address, { token, reviewer, body } = {}) => {
    const headers = { Accept: 'application/json' };
    if (token) headers['X-Edit-Token'] = token;
    if (reviewer) headers.Authorization = `Bearer ${reviewer}`;
    if (body) headers['Content-Type'] = 'application/json';
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const answer = await fetch(address, {
        method, headers, body: body && JSON.stringify(body), cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer', signal: stop.signal,
      });
      if (!heat.isOurs(answer)) throw new Error('not our server'); // a network's own page does not say that we have it
      const came = answer.status === 204 ? {} : await answer.json();
      const kept = answer.status >= 500 || [413, 429].includes(answer.status) ? ' What you wrote is still here.' : '';
      return { status: answer.status, said: (came.detail || 'Our server could not do this. Try again in a moment.') + (answer.ok ? '' : kept), body: came };
    } catch {
      return { status: 0, said: LOST, body: {} };
    } finally {
      clearTimeout(timer);
    }
  };

  const copy = async (text, saidId, field) => {
    const said = at(saidId);
    try {
      await navigator.clipboard.writeText(text);
      said.textContent = 'Copied. Paste it where you will find it again.';
    } catch { // no clipboard without https, or not allowed
      if (field) { field.focus(); field.select(); said.textContent = 'It is marked now: press Ctrl and C to copy it.'; return false; }
      said.textContent = 'This browser does not let us copy. Take the key from where you keep it.';
      return false;
    }
    return true;
  };

  // ---- a record in words ----

  const day = (text) => {
    const [year, month, date] = text.split('-').map(Number);
    if (!month) return text;
    const options = date ? { day: 'numeric', month: 'long', year: 'numeric' } : { month: 'long', year: 'numeric' };
    return new Date(Date.UTC(year, month - 1, date || 1)).toLocaleDateString('en-GB', { ...options, timeZone: 'UTC' });
  };
  const link = (address) => (address.startsWith('https://')
    ? make('a', { href: address, rel: 'noopener noreferrer nofollow', target: '_blank', textContent: address }) : address);
  const list = (items) => make('ul', { className: 'dots' }, items.map((item) => make('li', {}, ...[item].flat())));

  /* One answer as an element, or null where there is none. */
  const say = (field, value) => {
    const { words: known, areas } = words();
    const named = (vocabulary, word) => known[vocabulary]?.[word] || word;
    if (!value || !value.length) return null;
    if (field === 'areas') return make('p', { textContent: value.map((code) => areas[code] || code).join(', ') });
    if (field === 'measures') {
      return list(value.map((one) => [
        make('b', { textContent: one.name }), ` (${named('measure_kind', one.kind)})`,
        one.baseline ? `, before: ${one.baseline}` : '', one.latest ? `, now: ${one.latest}` : '', one.date ? `, ${day(one.date)}` : '',
      ]));
    }
    if (field === 'evidence') {
      return list(value.map((one) => [
        `${named('evidence_kind', one.kind)}: `, make('b', { textContent: one.title }), ' ', link(one.link || ''),
        one.text_alternative ? make('p', { className: 's', textContent: one.text_alternative }) : '',
      ]));
    }
    if (field === 'further_links') return list(value.map((each) => link(each)));
    if (field === 'tools') return list(value);
    if (Array.isArray(value)) return make('p', { textContent: value.map((word) => named(field, word)).join(', ') });
    if (field === 'link' || field === 'contact_page') return make('p', {}, link(value));
    if (['start', 'end', 'last_confirmed'].includes(field)) return make('p', { textContent: day(value) });
    return make('div', {}, value.split(/\n+/).map((line) => make('p', { textContent: named(field, line) })));
  };

  const show = (record) => {
    const { given, names } = words();
    const rest = given.filter((field) => !['title', 'one_line', 'organisation'].includes(field));
    const rows = rest.map((field) => [field, say(field, record[field])]).filter(([, said]) => said);
    return make('div', { className: 'share-record' },
      make('h3', { textContent: record.title, className: 'l' }),
      record.one_line ? make('p', { className: 'l', textContent: record.one_line }) : '',
      make('p', { className: 'b', textContent: record.organisation }),
      make('dl', { className: 'facts' }, rows.flatMap(([field, said]) => [make('dt', { textContent: names[field] }), make('dd', {}, said)])));
  };

  // ---- the form ----

  // oxlint-disable-next-line no-control-regex -- signs that nobody sees are what it looks for
  const HIDDEN_SIGN = /[\ufffe\uffff\u202a-\u202e\u2066-\u2069\u200e\u200f\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
  const MAIL = /[\w.+-]+@[\w-]+\.[\w.]+/;
  const PHONE = /(?:^|[^\d/.-])(?:\+44\s?\(?0?\)?|0)(?:[\s-]?\d){9,10}(?![\d/])/;
  const LINK = /^https:\/\/[^\s<>"'@\\|{}^`/?#\u007f-\uffff]+\.[^\s<>"'@\\|{}^`;\u007f-\uffff]+$/;
  const DATE = /^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/;
  const long = (text) => [...text].length;
  const lines = (text) => text.split('\n').map((line) => line.trim()).filter(Boolean);

  /* What is wrong with a text, in a sentence; '' where nothing is. The server says the last word. */
  const faultOfText = (text, most) => {
    if (HIDDEN_SIGN.test(text.replace(/\r\n?/g, '\n'))) return 'There is a hidden sign in this text. Type it again, without copying.';
    if (MAIL.test(text)) return 'This looks like an e-mail address, and none is kept here. Give the organisation’s own public page instead.';
    if (PHONE.test(text)) return 'This looks like a telephone number, and none is kept here. Give the organisation’s own public page instead.';
    if (most && long(text) > most) return `This is too long by ${(long(text) - most).toLocaleString('en-GB')}. Keep it to ${most.toLocaleString('en-GB')} letters.`;
    return '';
  };
  const faultOfLink = (text) => {
    if (!text) return '';
    if (!text.startsWith('https://')) return 'A link begins with https://';
    return LINK.test(text) && long(text) <= 500 ? '' : 'We cannot keep this link. Copy it from the address bar of the page.';
  };
  const faultOfDate = (text) => (!text || (DATE.test(text) && !Number.isNaN(Date.parse(text))) ? '' : 'Write a year like 2024, a month like 2024-03, or a day like 2024-03-15.');

  class Form {
    constructor(form, keep = {}) {
      this.form = form;
      this.words = words();
      this.parts = keep; // onSend, onChange
      this.questions = all('[data-q]', form);
      this.told = new Set(); // questions that have been left, or were told a fault
      this.dirty = false;
      this.places = new Map(); // a postcode -> what the browser found of it
      form.addEventListener('input', (event) => this.changed(event.target));
      form.addEventListener('change', (event) => this.changed(event.target));
      form.addEventListener('focusout', (event) => this.left(event));
      form.addEventListener('click', (event) => this.pressed(event));
      form.addEventListener('submit', (event) => { event.preventDefault(); keep.onSend?.(); });
      document.addEventListener('click', (event) => this.lead(event)); // the summary and the contents lie outside
      this.count();
    }

    question(field) { return this.questions.find((each) => each.dataset.q === field); }

    // -- reading and filling --

    value(question) {
      const { q: field, shape } = question.dataset;
      if (shape === 'consent') return at('project-consent').checked;
      if (shape === 'boxes') return all('input:checked', question).map((box) => box.value);
      if (shape === 'radios') return question.querySelector('input:checked')?.value || '';
      if (shape === 'areas') return [...new Set(this.rows(question).map((row) => this.inRow(row).code).filter(Boolean))];
      if (shape === 'measures' || shape === 'evidence') return this.rows(question).map((row) => this.inRow(row)).filter((one) => Object.values(one).some(Boolean));
      const text = at(`project-${field}`).value.trim();
      return shape === 'lines' || shape === 'links' ? lines(text) : text;
    }

    rows(question) { return all('[data-row]', question); }

    inRow(row) { return Object.fromEntries(all('[data-part-of]', row).map((part) => [part.dataset.partOf, part.value.trim()])); }

    /* Every answer there is, as the API takes it. */
    read() {
      const record = {};
      this.questions.forEach((question) => {
        const value = this.value(question);
        if (question.dataset.shape !== 'consent' && value.length) record[question.dataset.q] = value;
      });
      return record;
    }

    fill(record) {
      this.questions.forEach((question) => {
        const { q: field, shape } = question.dataset;
        if (shape === 'consent') return;
        const value = record[field];
        if (shape === 'boxes') all('input', question).forEach((box) => { box.checked = Array.isArray(value) && value.includes(box.value); });
        else if (shape === 'radios') all('input', question).forEach((box) => { box.checked = box.value === value; });
        else if (['areas', 'measures', 'evidence'].includes(shape)) this.fillRows(question, Array.isArray(value) ? value : []);
        else at(`project-${field}`).value = Array.isArray(value) ? value.join('\n') : (typeof value === 'string' ? value : '');
        const fold = question.closest('details');
        if (fold && value?.length) fold.open = true;
      });
      this.told.clear();
      this.questions.forEach((question) => { this.tellOne(question, ''); this.countLetters(question); });
      this.dirty = false;
      this.count();
    }

    fillRows(question, values) {
      this.rows(question).slice(1).forEach((row) => row.remove());
      values.slice(1).forEach(() => this.addRow(question));
      const filled = this.rows(question);
      all('[data-part-of]', filled[0]).forEach((part) => { part.value = ''; });
      values.forEach((value, n) => {
        all('[data-part-of]', filled[n]).forEach((part) => { part.value = (typeof value === 'string' ? value : value?.[part.dataset.partOf]) || ''; });
      });
      this.tidyRows(question);
    }

    addRow(question) {
      const rows = this.rows(question);
      const row = rows[0].cloneNode(true);
      const number = Math.max(...rows.map((each) => Number(each.dataset.row))) + 1;
      row.dataset.row = number;
      all('[id],[for]', row).forEach((part) => ['id', 'for'].forEach((name) => {
        if (part.hasAttribute(name)) part.setAttribute(name, part.getAttribute(name).replace(/-\d+-/, `-${number}-`));
      }));
      all('[data-part-of]', row).forEach((part) => { part.value = ''; part.removeAttribute('aria-invalid'); });
      rows[0].parentElement.append(row);
      this.tidyRows(question);
      return row;
    }

    tidyRows(question) {
      const rows = this.rows(question);
      const more = question.querySelector('[data-share=add]');
      more.hidden = rows.length >= Number(question.dataset.most);
      rows.forEach((row, n) => {
        row.querySelector('[data-share=take-out]').hidden = rows.length < 2;
        all('select[aria-label]', row).forEach((part) => part.setAttribute('aria-label', `Area ${n + 1}`));
        if (!row.querySelector('select[aria-label]')) { row.setAttribute('role', 'group'); row.setAttribute('aria-label', `Number ${n + 1}`); }
      });
    }

    // -- while it is filled in --

    changed(target) {
      const question = target.closest('[data-q]');
      this.dirty = true;
      if (question) {
        this.countLetters(question);
        if (question.dataset.q === 'postcode') at('project-postcode-found').textContent = '';
        // A fault that is being mended goes at once; a new one waits until the question is left.
        if (this.told.has(question) && !this.faultOf(question)) this.tellOne(question, '');
        if (['postcode', 'place', 'areas'].includes(question.dataset.q) && this.hasPlace()) {
          const where = this.question('postcode');
          if (this.told.has(where) && !this.faultOf(where)) this.tellOne(where, '');
        }
      }
      this.count();
      this.parts.onChange?.();
    }

    left({ target, relatedTarget }) {
      const question = target.closest('[data-q]');
      if (!question || (relatedTarget && question.contains(relatedTarget)) || target.closest('button')) return;
      if (!document.hasFocus() && !relatedTarget) return; // the window was left, not the question
      const value = this.value(question);
      if (question.dataset.q === 'postcode') { this.findPlace(); if (!value) return; }
      // What is empty is told on sending: somebody may only be looking round.
      if (!value.length && !this.told.has(question)) return;
      this.told.add(question);
      this.tellOne(question, this.faultOf(question));
    }

    /* The postcode by the table of its whole district, as everywhere on this site. */
    async findPlace() {
      const box = at('project-postcode');
      const text = box.value.trim();
      if (!text || this.places.has(text)) { this.sayPlace(text); return; }
      const parsed = heat.postcode.parse(text);
      if (parsed.kind === 'full') { box.value = parsed.text; this.places.delete(parsed.text); }
      const asked = box.value.trim();
      const found = await heat.postcode.resolve(asked);
      if (found.kind !== 'offline') this.places.set(asked, found);
      if (box.value.trim() === asked) this.sayPlace(asked);
    }

    sayPlace(text) {
      const question = this.question('postcode');
      const found = this.places.get(text);
      at('project-postcode-found').textContent = found?.kind === 'found' ? '✓ We know this postcode. It is in England.' : '';
      if (!found) return;
      this.told.add(question);
      this.tellOne(question, this.faultOf(question));
    }

    countLetters(question) {
      const line = question.querySelector('[data-share-left]');
      if (!line) return;
      const most = Number(question.dataset.most);
      const used = long(at(`project-${question.dataset.q}`).value.trim());
      const left = most - used;
      const before = line.textContent;
      line.textContent = used < most * .5 ? '' : left >= 0 ? `${left.toLocaleString('en-GB')} letters left` : `${(-left).toLocaleString('en-GB')} letters too many`;
      line.classList.toggle('share-over', left < 0);
      clearTimeout(this.later);
      if (line.textContent && line.textContent !== before) this.later = setTimeout(() => { at('share-said').textContent = line.textContent; }, 1200);
      else if (at('share-said').textContent.includes('letters')) at('share-said').textContent = '';
    }

    /* How many of the needed answers of each part are there, beside the names of the parts. */
    count() {
      all('[data-share-count]').forEach((place) => {
        const part = this.form.querySelector(`[data-part="${place.dataset.shareCount}"]`);
        const needed = all('[data-needed]', part).map((question) => { const value = this.value(question); return value === true || value.length > 0; });
        if (place.dataset.shareCount === 'where') needed.unshift(this.hasPlace());
        const there = needed.filter(Boolean).length;
        place.textContent = !needed.length ? 'if you like' : there === needed.length ? '✓ done' : `${there} of ${needed.length} needed`;
      });
    }

    hasPlace() { return ['postcode', 'place', 'areas'].some((field) => this.value(this.question(field)).length > 0); }

    pressed(event) {
      const button = event.target.closest('[data-share]');
      if (!button) return;
      const question = button.closest('[data-q]');
      if (button.dataset.share === 'add') {
        this.addRow(question).querySelector('[data-part-of]').focus();
      } else {
        const row = button.closest('[data-row]');
        const next = row.nextElementSibling || row.previousElementSibling;
        row.remove();
        this.tidyRows(question);
        next.querySelector('[data-part-of]').focus();
      }
      this.changed(question);
    }

    lead(event) { // by script, since an address with another # would take the place of a private link
      if (!this.form.isConnected) return;
      const way = event.target.closest('.share-contents a, .share-summary a');
      if (!way) return;
      event.preventDefault();
      const target = at(way.getAttribute('href').slice(1));
      target?.closest('details')?.setAttribute('open', '');
      target?.focus();
      (target?.closest('[data-q]') || target)?.scrollIntoView({ block: 'start' });
    }

    // -- faults --

    /* What is wrong with an answer, in a sentence; '' where nothing is. */
    faultOf(question) {
      const { q: field, shape, most } = question.dataset;
      const value = this.value(question);
      const needed = 'needed' in question.dataset;
      if (shape === 'consent') return value ? '' : this.words.missing.consent;
      if (needed && !value.length) return this.words.missing[field];
      if (field === 'postcode') return this.faultOfPostcode(value);
      if (!value.length) return '';
      if (shape === 'line') {
        const least = { title: 3, organisation: 2 }[field] || 0;
        return faultOfText(value, Number(most)) || (long(value) < least ? `This is too short. Write ${least} letters or more.` : '');
      }
      if (shape === 'text') return faultOfText(value, Number(most));
      if (shape === 'link') return faultOfLink(value);
      if (shape === 'date') return faultOfDate(value) || this.faultOfEnd(field);
      if (Array.isArray(value) && value.length > Number(most)) return `These are too many. Keep it to ${most}.`;
      if (shape === 'links') return value.map(faultOfLink).find(Boolean) || '';
      if (shape === 'lines') return value.map((line) => (/[;|]/.test(line) ? 'Write one thing in each line, without ; or |' : faultOfText(line, 200))).find(Boolean) || '';
      if (shape === 'measures' || shape === 'evidence') return value.map((one) => this.faultOfRow(shape, one)).find(Boolean) || '';
      return '';
    }

    faultOfPostcode(value) {
      if (!value) return this.hasPlace() ? '' : 'Say where it is: the postcode of the site, a place in words, or an area.';
      const found = this.places.get(value);
      if (found) return ['found', 'offline'].includes(found.kind) ? '' : found.message;
      return heat.postcode.parse(value).kind === 'full' ? '' : 'That is not a full postcode. Write it like KT2 7QB.';
    }

    faultOfEnd(field) {
      const [start, end] = ['start', 'end'].map((each) => at(`project-${each}`).value.trim());
      const shorter = Math.min(start.length, end.length);
      return field === 'end' && start && end && end.slice(0, shorter) < start.slice(0, shorter) ? 'It ends before it begins. Check the two dates.' : '';
    }

    faultOfRow(shape, one) {
      const texts = Object.entries(one).map(([key, text]) => (text.includes('|') ? 'Write this without |' : faultOfText(text, key === 'text_alternative' ? 1000 : key === 'link' ? 0 : 200)));
      const bad = texts.find(Boolean);
      if (bad) return bad;
      if (!one.kind) return shape === 'measures' ? 'Choose what kind of measure it is.' : 'Choose what it is: a report, a story, a film …';
      if (shape === 'measures') return one.name ? faultOfDate(one.date) : 'Say what you counted.';
      if (!one.title) return 'Give it a title.';
      if (!one.link) return 'Give its link, beginning with https://';
      if (['image', 'audio', 'film'].includes(one.kind) && !one.text_alternative) return 'Say in words what the picture shows, or what is said in the sound or film, for those who cannot see or hear it.';
      return faultOfLink(one.link);
    }

    /* Every fault there is, in the order of the form. */
    check() {
      return this.questions.map((question) => ({ field: question.dataset.q, sentence: this.faultOf(question) })).filter((fault) => fault.sentence);
    }

    tellOne(question, sentence) {
      const { q: field, shape } = question.dataset;
      const line = at(`project-${field}-fault`);
      line.hidden = !sentence;
      line.lastElementChild.textContent = sentence;
      question.classList.toggle('share-wrong', !!sentence);
      const marked = shape === 'radios' ? [question] : shape === 'boxes' ? [] : all('input, select, textarea', question);
      marked.forEach((part) => { if (sentence) part.setAttribute('aria-invalid', 'true'); else part.removeAttribute('aria-invalid'); });
    }

    /* Say all faults: beside the fields, and together at the top with ways to them. Fields as the server names them: "evidence.2.link". */
    tell(faults, other = '') {
      const summary = at('share-summary');
      const said = faults.map(({ field, sentence }) => ({ question: this.question(field.split('.')[0]), field, sentence }));
      this.questions.forEach((question) => {
        const mine = said.filter((fault) => fault.question === question);
        if (mine.length) this.told.add(question);
        this.tellOne(question, mine.map((fault) => fault.sentence).join(' '));
        if (mine.length) question.closest('details')?.setAttribute('open', '');
      });
      const items = said.map(({ question, field, sentence }) => {
        if (!question) return make('li', { textContent: sentence });
        const [name, row, part] = field.split('.');
        const filled = ['measures', 'evidence'].includes(name) ? this.rows(question).filter((each) => Object.values(this.inRow(each)).some(Boolean)) : [];
        const inside = filled[Number(row) - 1] || filled[0];
        const target = inside?.querySelector(`[data-part-of="${part}"]`) || question.querySelector('input, select, textarea');
        return make('li', {}, make('a', { href: `#${target.id}`, textContent: `${this.words.names[name] || 'Agreement'}: ${sentence}` }));
      });
      summary.querySelector('ul').replaceChildren(...items);
      const one = items.length === 1;
      at('share-summary-title').textContent = items.length ? (one ? 'One answer needs another look' : `${items.length} answers need another look`) : 'It was not sent';
      at('share-summary-words').textContent = other || (items.length ? 'Nothing is lost. Mend what is said below and press the button again.' : '');
      summary.hidden = !items.length && !other;
      if (!summary.hidden) { summary.focus(); summary.scrollIntoView({ block: 'start' }); }
    }

    // -- sending --

    /* The button says that it sends, and cannot be pressed twice. */
    busy(is, doing = 'Sending …') {
      const button = at('share-send');
      this.sending = is;
      button.setAttribute('aria-disabled', String(is));
      button.textContent = is ? doing : button.dataset.words;
      at('share-said').textContent = is ? doing : '';
    }
  }

  /* begin(element) whenever Dash has drawn an element of this id. */
  const onPage = (id, begin) => {
    if (!location.pathname.startsWith('/projects/')) return; // other pages need not watch: no link leads here without a new page
    let drawn = null;
    heat.whenDrawn(() => {
      const here = at(id);
      if (!here || here === drawn) return;
      drawn = here;
      begin(here);
    });
  };

  /* A page that shows or holds a secret is emptied when it is left: Back must not bring it to whoever comes next. */
  const emptyOnLeaving = (holds) => {
    addEventListener('pagehide', () => { if (holds()) at('main')?.replaceChildren(); });
    addEventListener('pageshow', (event) => { if (event.persisted && holds()) location.reload(); });
  };

  return { sign, send, show, say, day, copy, onPage, emptyOnLeaving, words, Form };
})();
