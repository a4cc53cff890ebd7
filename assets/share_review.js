/* The reviewers' page (heatmap/pages/share_review.py). The token stays in this page's memory; only a tick keeps it for this tab. What
   people wrote is put on the page as text. */
window.heat = window.heat || {};
(() => {
  const REVIEW = '/api/v1/review';
  const KEPT = 'reviewer-token';
  const at = (id) => document.getElementById(id);

  heat.share.onPage('review-door', () => {
    const { send, show, say, make, sign, words, emptyOnLeaving } = heat.share;
    const { names, given, words: known } = words();
    let token = '';
    let waiting = [];
    let closed = [];
    let linkable = []; // whose team may have a private link
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
      const { status, said, body } = await send('GET', REVIEW, { reviewer: token });
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
      waiting = body.waiting;
      const many = waiting.length;
      at('review-count').textContent = many ? `${many} ${many === 1 ? 'project waits' : 'projects wait'} for you` : 'Nothing waits. Thank you.';
      at('review-list').replaceChildren(...waiting.map((each) => make('li', {}, entry(each))));
      const again = chosen && waiting.find((each) => each.project.id === chosen);
      if (again) draw(again); else { at('review-one').hidden = true; at('review-one').replaceChildren(); }
      closed = body.closed;
      drawClosed(FEW);
      readLinkable();
      if (at('review-done').hidden) at('review-count').focus();
    }

    // ---- the list ----

    const days = (since) => {
      const many = Math.floor((Date.now() - Date.parse(since)) / 86_400_000);
      return many < 1 ? 'since today' : many === 1 ? 'for 1 day' : `for ${many} days`;
    };
    const kindOf = ({ status, is_shown: shown }) => (status !== 'waiting' ? 'Said to be out of date' : shown ? 'A change' : 'New');
    const sinceOf = ({ status, history, said_out_of_date: told }) => (status === 'waiting'
      ? [...history].reverse().find((change) => ['shared', 'corrected'].includes(change.action))?.at : told[0]?.day);
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
      brought_back: 'Brought back', link_made: 'A private link was made',
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
      const offered = status === 'waiting' ? ['accept', 'ask', 'reject'] : ['keep', 'hide'];
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
      if (status === 409 && back) {
        done('warn', 'Somebody changed it while you read. Here is the list as it stands now: look at it, then press again.');
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
      const press = (words, said) => {
        const button = make('button', { type: 'button', className: 'btn', textContent: words });
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
      at('review-closed-more').hidden = closed.length <= many;
      at('review-closed-more').textContent = `Show all ${closed.length}`;
    }
    at('review-closed-more').addEventListener('click', () => {
      drawClosed(closed.length);
      at('review-closed-list').children[FEW].querySelector('button').focus();
    });

    // ---- a private link for a team ----

    const fold = (text) => text.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLowerCase();
    const chosenLink = () => linkable.find((each) => each.id === at('review-link-project').value);
    const wrongLink = (sentence, target) => {
      at('review-link-fault').hidden = !sentence;
      at('review-link-fault').lastElementChild.textContent = sentence;
      if (sentence && target === at('review-link-project')) target.setAttribute('aria-invalid', 'true'); else at('review-link-project').removeAttribute('aria-invalid');
      target?.focus();
    };
    async function readLinkable() {
      const { status, said, body } = await send('GET', `${REVIEW}/projects`, { reviewer: token });
      if (status !== 200) { if (token && at('review-link')) wrongLink(said.replace(' Nothing you wrote is lost.', '')); return; }
      if (!token || !at('review-link')) return; // closed or left meanwhile
      linkable = body.projects.map((each) => ({ ...each, name: `${each.title}, ${each.organisation}` }));
      const alike = new Set(linkable.map((each) => each.name).filter((name, n, names) => names.indexOf(name) !== n));
      linkable.filter((each) => alike.has(each.name)).forEach((each) => { each.name += ` (${each.id})`; }); // two of one name are told apart
      narrow();
    }
    function narrow() {
      const before = at('review-link-project').value;
      const parts = fold(at('review-link-find').value).split(/\s+/).filter(Boolean);
      const fit = linkable.filter((each) => parts.every((part) => fold(each.name).includes(part)));
      at('review-link-project').replaceChildren(...fit.map((each) => make('option', { value: each.id, textContent: each.name })));
      at('review-link-project').value = fit.length === 1 ? fit[0].id : before; // none, where it is no longer among them
      at('review-link-many').textContent = fit.length ? `${fit.length} of ${linkable.length} projects` : 'No project has these words. Try fewer, or another part of its title.';
      tellLink();
    }
    function tellLink() {
      const chosen = chosenLink();
      at('review-link-has').textContent = !chosen ? '' : chosen.has_link
        ? `“${chosen.title}” has a link. The new one takes its place, and the older one no longer opens it.` : `“${chosen.title}” has no link yet.`;
    }
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
        wrongLink(status === 410 ? said : 'Somebody changed this project while you read, so no link was made. Press again to make it.', at('review-link-form').querySelector('[type=submit]'));
        return;
      }
      if (status !== 201) { wrongLink(said, at('review-link-form').querySelector('[type=submit]')); return; }
      at('review-link-made').value = location.origin + body.edit_link;
      at('review-link-title').textContent = `The private link of “${chosen.title}”`;
      at('review-link-find').value = '';
      at('review-link-form').hidden = true;
      at('review-link-sent').hidden = false;
      at('review-link-title').focus();
      await readLinkable();
      waiting.filter((each) => each.project.id === body.id).forEach((each) => { each.version = body.version; }); // what is being read has this version now
    });
    at('review-link-copy').addEventListener('click', () => heat.share.copy(at('review-link-made').value, 'review-link-copied', at('review-link-made')));
    at('review-link-made').addEventListener('focus', () => at('review-link-made').select());
    at('review-link-done').addEventListener('click', () => { forgetLink(); at('review-link-project').value = ''; tellLink(); at('review-link-find').focus(); });

    emptyOnLeaving(() => token);
    token = tab.get();
    if (token) { at('review-keep').checked = true; open(); }
  });
})();
