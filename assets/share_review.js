/* The reviewers' page (heatmap/pages/share/review.py). The token stays in this page's memory; only a tick keeps it for this tab. What
   people wrote is put on the page as text. */
(() => {
  const REVIEW = '/api/v1/review';
  const KEPT = 'reviewer-token';
  const { at, make } = heat;

  heat.share.onPage('review-door', () => {
    const { send, show, say, sign, words, emptyOnLeaving } = heat.share;
    const { names, given, words: known } = words();
    let token = '';
    let waiting = [];
    let page = 1;
    let closed = [];
    let closedTotal = 0;
    let linkable = []; // what fits the search
    let turn = 0;      // of searches: the last one counts
    let busy = false;
    const tab = { // some browsers keep nothing
      get: () => { try { return sessionStorage.getItem(KEPT) || ''; } catch { return ''; } },
      set: (text) => { try { if (text) sessionStorage.setItem(KEPT, text); else sessionStorage.removeItem(KEPT); } catch { /* it keeps nothing then */ } },
    };

    // ---- the door ----

    const refuse = (fault) => {
      at('review-open').hidden = true;
      at('review-door').hidden = false;
      at('review-fault').hidden = !fault;
      at('review-fault').lastElementChild.textContent = fault;
      if (fault) { at('review-token').setAttribute('aria-invalid', 'true'); at('review-token').focus(); } else at('review-token').removeAttribute('aria-invalid');
    };
    at('review-door').addEventListener('submit', (event) => {
      event.preventDefault();
      token = at('review-token').value.trim();
      if (!token) { refuse('Give your token.'); return; }
      open();
    });
    at('review-close').addEventListener('click', () => {
      token = '';
      waiting = [];
      closed = [];
      linkable = [];
      page = 1;
      tab.set('');
      forgetLink();
      at('review-link-find').value = '';
      at('review-link-project').replaceChildren();
      at('review-list').replaceChildren();
      at('review-closed-list').replaceChildren();
      at('review-one').replaceChildren();
      at('review-keep').checked = false;
      refuse('');
      at('review-token').focus();
    });
    at('review-again').addEventListener('click', () => { done(); open(); });

    async function open(chosen = '') {
      at('review-said').textContent = 'Opening …';
      const { status, said, body } = await send('GET', `${REVIEW}?page=${page}`, { reviewer: token });
      at('review-said').textContent = '';
      if (status !== 200) {
        if (at('review-open').hidden || status === 401) { tab.set(''); refuse(said.replace(' Nothing you wrote is lost.', '')); } else done('warn', said);
        return;
      }
      if (at('review-keep').checked) tab.set(token);
      at('review-token').value = '';
      refuse('');
      at('review-door').hidden = true;
      at('review-open').hidden = false;
      at('review-role').textContent = `You review as: ${known.added_by_role[body.role] || body.role}.`;
      if (!body.waiting.length && page > 1) { page = Math.max(1, Math.ceil(body.waiting_total / body.page_size)); open(chosen); return; } // the last page was emptied
      waiting = body.waiting;
      const many = body.waiting_total;
      at('review-count').textContent = many ? `${many} ${many === 1 ? 'project waits' : 'projects wait'} for you` : 'Nothing waits. Thank you.';
      at('review-list').replaceChildren(...waiting.map((each) => make('li', {}, entry(each))));
      drawPages(body);
      const again = chosen && waiting.find((each) => each.project.id === chosen);
      if (again) draw(again); else { at('review-one').hidden = true; at('review-one').replaceChildren(); }
      closed = body.closed;
      closedTotal = body.closed_total;
      drawClosed(FEW);
      readLinkable();
      if (at('review-done').hidden) at('review-count').focus();
    }

    function drawPages({ waiting_total: total, page_size: size }) {
      const last = Math.max(1, Math.ceil(total / size));
      const turnTo = (label, to) => {
        const button = make('button', { type: 'button', className: 'btn', textContent: label });
        button.addEventListener('click', () => { page = to; done(); open().then(() => at('review-count').focus()); });
        return button;
      };
      at('review-pages').hidden = last < 2;
      at('review-pages').replaceChildren(...(last < 2 ? [] : [
        page > 1 ? turnTo('Page before', page - 1) : '', make('span', { className: 's', textContent: `Page ${page} of ${last}` }),
        page < last ? turnTo('Next page', page + 1) : '',
      ].filter(Boolean)));
    }

    // ---- the list ----

    const days = (since) => {
      const many = Math.floor((Date.now() - Date.parse(since)) / 86_400_000);
      return many < 1 ? 'since today' : many === 1 ? 'for 1 day' : `for ${many} days`;
    };
    const kindOf = ({ status, is_shown: shown, said_out_of_date: told }) => (status === 'waiting' ? (shown ? 'A change' : 'New') : told.length ? 'Said to be out of date' : 'Damaged');
    const sinceOf = ({ status, history, said_out_of_date: told }) => (status === 'waiting'
      ? [...history].reverse().find((change) => ['shared', 'corrected'].includes(change.action))?.at : told[0]?.day); // of a damaged one nobody knows
    function entry(each) {
      const since = sinceOf(each);
      const button = make('button', { type: 'button', className: 'share-entry', 'data-id': each.project.id },
        make('b', { textContent: each.project.title }), make('span', { className: 's', textContent: each.project.organisation }),
        make('span', { className: 'xs soft', textContent: `${kindOf(each)}${since ? `, waiting ${days(since)}` : ''}` }));
      button.addEventListener('click', () => { done(); draw(each); at('review-title').focus(); at('review-one').scrollIntoView({ block: innerWidth < 768 ? 'start' : 'nearest' }); });
      return button;
    }

    // ---- one project ----

    const DONE = {
      shared: 'Shared', corrected: 'Corrected', confirmed: 'Confirmed as still true', withdrawn: 'Withdrawn', accepted: 'Accepted', change_asked: 'A change was asked for',
      rejected: 'Not accepted', kept: 'Found to be right', hidden: 'Taken off the map', imported: 'Brought in from a table',
      brought_back: 'Brought back', link_made: 'A private key was made', restored: 'Restored from a backup', stayed_off: 'Stayed off the map when a backup was restored', redacted: 'Words were taken out',
    };
    const when = (text) => new Date(text).toLocaleString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit' });
    const who = (by) => { // "reviewer 3, young_person" with the role in words
      const [name, role] = by.split(', ');
      return role ? `${name} (${(known.added_by_role[role] || role).toLowerCase()})` : by;
    };
    const shown = (value, field) => say(field, value) || make('span', { className: 'soft', textContent: 'Nothing' });

    function compare(before, after) {
      const differ = given.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
      if (!differ.length) return make('p', { className: 's', textContent: 'No answer differs from what readers see now.' });
      return make('div', { className: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'What the change changes' },
        make('table', { className: 'table share-compare' },
          make('thead', {}, make('tr', {}, ['What', 'Readers see now', 'It would be'].map((each) => make('th', { scope: 'col', textContent: each })))),
          make('tbody', {}, differ.map((field) => make('tr', {},
            make('th', { scope: 'row', textContent: names[field] }), make('td', {}, shown(before[field], field)), make('td', {}, shown(after[field], field)))))));
    }
    const past = (history) => make('ol', { className: 'share-history s' }, history.map((change) => make('li', {},
      make('b', { textContent: DONE[change.action] || change.action }), ` by ${who(change.by)}, ${when(change.at)}`,
      change.changed?.length ? make('p', { textContent: `What changed: ${change.changed.map((field) => names[field] || field).join(', ')}.` }) : '',
      change.reason ? make('p', { className: 'share-said-by', textContent: change.reason }) : '')));

    function draw(each) {
      const { project, shown: before, said_out_of_date: told, history, status } = each;
      document.querySelectorAll('.share-entry').forEach((button) => {
        if (button.dataset.id === project.id) button.setAttribute('aria-current', 'true'); else button.removeAttribute('aria-current');
      });
      const place = at('review-one');
      place.replaceChildren(
        make('h2', { id: 'review-title', tabIndex: -1, textContent: `${kindOf(each)}: ${project.title}` }),
        ...(told.length ? [make('div', { className: 'msg warn' }, sign('warn'), make('div', {},
          make('b', { textContent: 'Somebody said that this is out of date' }),
          make('ul', { className: 'dots' }, told.map(({ day, reason }) => make('li', { textContent: `${heat.share.day(day)}: ${reason}` })))))] : []),
        ...(each.faults.length ? [make('div', { className: 'msg stop' }, sign('warn'), make('div', {},
          make('b', { textContent: status === 'waiting' ? 'Look at these answers first' : 'Some of this record cannot be shown' }),
          make('ul', { className: 'dots' }, each.faults.map(({ field, sentence }) => make('li', { textContent: `${names[field.split('.')[0]] || 'The record'}: ${sentence}` })))))] : []),
        ...(status === 'waiting' && before ? [make('h3', { textContent: 'What the change changes' }), compare(before, project)] : []),
        make('h3', { textContent: 'As readers will see it' }),
        show(project),
        make('p', { className: 's soft', textContent: `It is marked as: ${known.relation[project.relation] || project.relation}.` }),
        ...(history.length ? [make('details', { className: 'unfold' }, make('summary', {}, `Its history: ${history.length} ${history.length === 1 ? 'step' : 'steps'}`, sign('down', 14)), past(history))] : []),
        decide(each),
      );
      place.hidden = false;
    }

    // ---- deciding ----

    const CHOICES = {
      accept: ['Accept it', 'It goes on the map at once.'],
      ask: ['Ask for a change', 'Its team reads your words when they open their link.'],
      reject: ['Do not accept it', 'Its team reads why. You can bring it back.'],
      keep: ['It is right as it is', 'The notice goes away.'],
      hide: ['Take it off the map', 'Its team reads why. You can bring it back.'],
    };
    function decide(each) {
      const { status, is_shown: isShown, project } = each;
      const offered = status === 'waiting' ? ['accept', 'ask', 'reject', ...(isShown ? ['hide'] : [])] : each.said_out_of_date.length ? ['keep', 'hide'] : ['hide'];
      const sentences = { ...CHOICES, ...(isShown && status === 'waiting' ? { reject: ['Do not accept the change', 'Readers go on seeing the text from before. Its team reads why.'] } : {}) };
      const pick = (name, value, title, hint, checked = false) => make('label', { className: 'check share-check' },
        make('input', { type: 'radio', name, value, checked }), make('span', {}, make('b', { textContent: title }), hint ? make('span', { className: 's soft', textContent: ` ${hint}` }) : ''));
      const told = make('span');
      const fault = make('p', { className: 'share-fault', id: 'review-decide-fault', hidden: true, role: 'alert' }, sign('warn', 16), told);
      const reason = make('textarea', { id: 'review-reason', className: 'input', rows: 3, 'aria-describedby': 'review-reason-hint review-decide-fault' });
      const relation = make('fieldset', { className: 'share-q', hidden: true, id: 'review-relation' },
        make('legend', { className: 'label', textContent: 'Whose is it?' }),
        Object.entries(known.relation).map(([word, title]) => pick('review-relation', word, title, '', word === project.relation)));
      const choose = make('fieldset', { className: 'share-q', role: 'radiogroup', 'aria-describedby': 'review-decide-fault' },
        make('legend', { className: 'label', textContent: 'What do you decide?' }),
        offered.map((value) => pick('review-decision', value, ...sentences[value])));
      const button = make('button', { type: 'submit', className: 'btn main', textContent: 'Send the decision' });
      const form = make('form', { className: 'share-decide stack', noValidate: true, autocomplete: 'off', 'aria-label': 'Decision' },
        make('h3', { textContent: 'Your decision' }), fault, choose, relation,
        make('div', {}, make('label', { className: 'label', htmlFor: 'review-reason', textContent: 'Why?' }),
          make('p', { className: 'share-hint', id: 'review-reason-hint', textContent: `${status === 'waiting' ? 'Needed, unless you accept it: first see that it names no person.' : 'Needed to take it off the map.'} Write to its team, kindly and plainly.` }), reason),
        make('div', { className: 'row wrap' }, button));
      choose.addEventListener('change', () => { relation.hidden = form.querySelector('[name=review-decision]:checked')?.value !== 'accept'; });
      form.addEventListener('submit', (event) => {
        event.preventDefault();
        if (busy) return;
        const decision = form.querySelector('[name=review-decision]:checked')?.value;
        const why = reason.value.trim();
        const wrong = (sentence, target) => {
          told.textContent = sentence;
          fault.hidden = false;
          if (target === reason) reason.setAttribute('aria-invalid', 'true'); else reason.removeAttribute('aria-invalid');
          target.focus();
        };
        if (!decision) { wrong('Choose what you decide.', choose.querySelector('input')); return; }
        if (['ask', 'reject', 'hide'].includes(decision) && !why) { wrong('Say why, so that its team knows what to do.', reason); return; }
        if ([...why].length > 1000) { wrong('This is too long. Keep it to 1,000 letters.', reason); return; }
        fault.hidden = true;
        button.textContent = 'Sending …';
        const whose = decision === 'accept' ? form.querySelector('[name=review-relation]:checked')?.value || '' : '';
        post(project, { decision, version: each.version, reason: why, relation: whose }).then((sentence) => {
          button.textContent = 'Send the decision';
          if (sentence) wrong(sentence, button);
        });
      });
      return form;
    }

    /* Send a decision; '' where it was taken, else why not. */
    async function post(project, body) {
      const back = body.decision === 'bring_back';
      busy = true;
      const { status, said, body: came } = await send('POST', `${REVIEW}/${encodeURIComponent(project.id)}`, { reviewer: token, body });
      busy = false;
      if (status === 409 && (back || !waiting.some((each) => each.project.id === project.id))) {
        done('warn', 'Someone changed it while you read. Here is the list as it is now: look at it, then press again.');
        await open();
        at('review-done').focus();
        return '';
      }
      if (status === 409) {
        done('warn', 'Its team changed it while you read. Here is the newer text: read it, then decide.');
        await open(project.id);
        const field = at('review-reason');
        if (field) field.value = body.reason;
        return '';
      }
      if (status === 410) { done('warn', said); await open(); at('review-done').focus(); return ''; }
      if (status !== 200) return said;
      const SAID = {
        accept: 'is accepted. It is on the map now.', ask: 'went back to its team with your words.', keep: 'stays on the map, and the notice is gone.',
        reject: came.is_shown ? 'stays as it was: the change was not accepted.' : 'was not accepted.', hide: 'is off the map.',
        bring_back: came.status !== 'waiting' ? 'is back on the map.' : came.is_shown ? 'is back on the map, and its team’s change waits again.' : 'is back, and waits for a decision.',
      };
      done('good', `“${project.title}” ${SAID[body.decision]}`, undo(project, body.decision, came));
      await open();
      at('review-done').focus();
      return '';
    }

    /* What may still be taken back: a question can be followed by accepting after all, what was accepted comes off again, and what was taken off comes back. */
    function undo(project, decision, { version, status }) {
      const press = (label, said) => {
        const button = make('button', { type: 'button', className: 'btn', textContent: label });
        button.addEventListener('click', () => { if (!busy) post(project, { version, reason: '', relation: '', ...said }).then((fault) => fault && done('warn', fault)); });
        return button;
      };
      if (decision === 'ask' || status === 'change_rejected') return press('Accept it after all', { decision: 'accept' });
      if (['hidden', 'rejected'].includes(status)) return press('Bring it back', { decision: 'bring_back' });
      if (decision !== 'accept') return '';
      const field = make('input', { type: 'text', id: 'review-undo-reason', className: 'input', autocomplete: 'off' });
      const button = make('button', { type: 'button', className: 'btn', textContent: 'Take it off the map' });
      button.addEventListener('click', () => {
        if (busy) return;
        if (!field.value.trim()) { field.setAttribute('aria-invalid', 'true'); field.focus(); return; }
        post(project, { decision: 'hide', version, reason: field.value.trim(), relation: '' }).then((fault) => fault && done('warn', fault));
      });
      return make('details', { className: 'unfold' }, make('summary', {}, 'Was that a slip?', sign('down', 14)),
        make('p', { className: 's', textContent: 'You can take it off the map again.' }),
        make('label', { className: 'label', htmlFor: 'review-undo-reason', textContent: 'Why? (needed)' }), field, button);
    }
    function done(kind = '', sentence = '', more = '') {
      const place = at('review-done');
      place.hidden = !sentence;
      place.replaceChildren(...(sentence ? [make('div', { className: `msg ${kind}`, role: 'status' }, sign(kind === 'warn' ? 'warn' : 'info'), make('div', {}, make('p', { className: 'b', textContent: sentence }), more))] : []));
    }

    // ---- not on the map ----

    const FEW = 3;
    const OFF = { hidden: 'Taken off the map', rejected: 'Not accepted' };
    function drawClosed(many) {
      at('review-closed').hidden = !closed.length;
      at('review-closed-list').replaceChildren(...closed.slice(0, many).map((each) => {
        const button = make('button', { type: 'button', className: 'btn', textContent: 'Bring it back', 'aria-describedby': `review-off-${each.id}` });
        button.addEventListener('click', () => {
          if (busy) return;
          post(each, { decision: 'bring_back', version: each.version, reason: '', relation: '' }).then((fault) => { if (fault) { done('warn', fault); at('review-done').focus(); } });
        });
        return make('li', { className: 'share-off' },
          make('div', { id: `review-off-${each.id}` }, make('b', { textContent: each.title }), make('p', { className: 's', textContent: each.organisation })),
          make('p', { className: 'xs soft', textContent: `${OFF[each.status]} on ${heat.share.day(each.at.slice(0, 10))} by ${who(each.by)}` }),
          each.reason ? make('p', { className: 's share-said-by', textContent: each.reason }) : '', button);
      }));
      const shownNow = Math.min(many, closed.length);
      at('review-closed-more').hidden = shownNow >= closedTotal;
      at('review-closed-more').textContent = `Show more (${shownNow} of ${closedTotal})`;
    }
    at('review-closed-more').addEventListener('click', async () => {
      const before = at('review-closed-list').children.length;
      if (before >= closed.length) {
        const { status, said, body } = await send('GET', `${REVIEW}?closed_page=${1 + Math.floor(closed.length / 20)}`, { reviewer: token });
        if (status !== 200) { done('warn', said); at('review-done').focus(); return; }
        const had = new Set(closed.map((each) => each.id));
        closed.push(...body.closed.filter((each) => !had.has(each.id)));
      }
      drawClosed(closed.length);
      at('review-closed-list').children[Math.min(before, closed.length - 1)]?.querySelector('button').focus();
    });

    // ---- any project: off the map, or a private key for its team ----

    const chosenLink = () => linkable.find((each) => each.id === at('review-link-project').value);
    const wrongLink = (sentence, target) => {
      at('review-link-fault').hidden = !sentence;
      at('review-link-fault').lastElementChild.textContent = sentence;
      if (sentence && target === at('review-link-project')) target.setAttribute('aria-invalid', 'true'); else at('review-link-project').removeAttribute('aria-invalid');
      target?.focus();
    };
    async function readLinkable() {
      const mine = ++turn;
      const typed = at('review-link-find').value.trim();
      const { status, said, body } = await send('GET', `${REVIEW}/projects?search=${encodeURIComponent(typed.slice(0, 200))}`, { reviewer: token });
      if (mine !== turn || !token || !at('review-link')) return; // asked again, closed or left meanwhile
      if (status !== 200) { wrongLink(said.replace(' Nothing you wrote is lost.', '')); return; }
      linkable = body.projects.map((each) => ({ ...each, name: `${each.title}, ${each.organisation}` }));
      const alike = new Set(linkable.map((each) => each.name).filter((name, n, all) => all.indexOf(name) !== n));
      linkable.filter((each) => alike.has(each.name)).forEach((each) => { each.name += ` (${each.id})`; }); // two of one name are told apart
      const before = at('review-link-project').value;
      at('review-link-project').replaceChildren(...linkable.map((each) => make('option', { value: each.id, textContent: each.name })));
      at('review-link-project').value = linkable.length === 1 ? linkable[0].id : before; // none, where it is no longer among them
      at('review-link-many').textContent = !linkable.length ? 'No project has these words. Try fewer, or another part of its title.'
        : linkable.length < body.total ? `${linkable.length} of ${body.total} projects. Type more words to find others.` : `${body.total} ${body.total === 1 ? 'project' : 'projects'}`;
      tellLink();
    }
    let typing = 0;
    function narrow() {
      clearTimeout(typing);
      typing = setTimeout(readLinkable, 250);
    }
    function tellLink() {
      const chosen = chosenLink();
      at('review-link-has').textContent = !chosen ? '' : chosen.has_link
        ? `“${chosen.title}” has a key. A new one takes its place, and the older one no longer opens it.` : `“${chosen.title}” has no key yet.`;
      at('review-off').hidden = chosen ? !chosen.is_shown : false;
      askOff(false);
    }
    function askOff(is) {
      at('review-off-ask').hidden = !is;
      at('review-off').setAttribute('aria-expanded', String(is));
      at('review-off-fault').hidden = true;
      at('review-off-why').removeAttribute('aria-invalid');
    }
    at('review-off').addEventListener('click', () => {
      if (!chosenLink()) { wrongLink('Choose a project from the list.', at('review-link-project')); return; }
      wrongLink('');
      askOff(at('review-off-ask').hidden);
      if (!at('review-off-ask').hidden) at('review-off-title').focus();
    });
    at('review-off-no').addEventListener('click', () => { askOff(false); at('review-off').focus(); });
    at('review-off-yes').addEventListener('click', async () => {
      const chosen = chosenLink();
      const why = at('review-off-why').value.trim();
      const wrong = (sentence) => {
        at('review-off-fault').hidden = false;
        at('review-off-fault').lastElementChild.textContent = sentence;
        at('review-off-why').setAttribute('aria-invalid', 'true');
        at('review-off-why').focus();
      };
      if (busy || !chosen) return;
      if (!why) { wrong('Say why, so that its team knows what to do.'); return; }
      if ([...why].length > 1000) { wrong('This is too long. Keep it to 1,000 letters.'); return; }
      const fault = await post(chosen, { decision: 'hide', version: chosen.version, reason: why, relation: '' });
      if (fault) { wrong(fault); return; }
      if (closed.some((each) => each.id === chosen.id)) { at('review-off-why').value = ''; askOff(false); } // else somebody was quicker: the words stay
    });
    function forgetLink() {
      at('review-link-made').value = '';
      at('review-link-copied').textContent = '';
      at('review-link-sent').hidden = true;
      at('review-link-form').hidden = false;
      wrongLink('');
    }
    at('review-link-find').addEventListener('input', narrow);
    at('review-link-project').addEventListener('change', () => { wrongLink(''); tellLink(); });
    at('review-link-form').addEventListener('submit', async (event) => {
      event.preventDefault();
      if (busy) return;
      const chosen = chosenLink();
      if (!chosen) { wrongLink('Choose a project from the list.', at('review-link-project')); return; }
      wrongLink('');
      busy = true;
      const { status, said, body } = await send('POST', `${REVIEW}/${encodeURIComponent(chosen.id)}/link`, { reviewer: token, body: { version: chosen.version } });
      busy = false;
      if (status === 409 || status === 410) {
        await readLinkable();
        wrongLink(status === 410 ? said : 'Somebody changed this project while you read, so no key was made. Press again to make it.', at('review-link-form').querySelector('[type=submit]'));
        return;
      }
      if (status !== 201) { wrongLink(said, at('review-link-form').querySelector('[type=submit]')); return; }
      at('review-link-made').value = body.edit_key;
      at('review-link-title').textContent = `The private key of “${chosen.title}”`;
      at('review-link-find').value = '';
      at('review-link-form').hidden = true;
      at('review-link-sent').hidden = false;
      at('review-link-title').focus();
      await readLinkable();
      waiting.filter((each) => each.project.id === body.id).forEach((each) => { each.version = body.version; }); // what is being read has this version now
    });
    at('review-link-copy').addEventListener('click', () => heat.share.copy(`Open ${location.origin}/projects/edit and paste this key: ${at('review-link-made').value}`, 'review-link-copied', at('review-link-made')));
    at('review-link-made').addEventListener('focus', () => at('review-link-made').select());
    at('review-link-done').addEventListener('click', () => { forgetLink(); at('review-link-project').value = ''; tellLink(); at('review-link-find').focus(); });

    emptyOnLeaving(() => token);
    token = tab.get();
    if (token) { at('review-keep').checked = true; open(); }
  });
})();
