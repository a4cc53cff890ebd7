/* Keep a shared project up (heatmap/pages/share/edit.py). The private key is pasted, held in this page's memory alone, and sent in a header.
   A link with it behind the # works too: it is taken out of the address bar before anything else runs. The browser has written the address
   into its history by then, and no script can take it out of there, so the page says so. */
(() => {
  const EDIT = '/api/v1/projects/edit';
  const { at, make } = heat;
  let token = '';
  let byLink = false; // then the browser's history has it
  let open = (found) => { token = found; }; // once the page is drawn, it opens the project

  function takeToken() { // a whole link may have been pasted into the address bar of the open page, too
    const found = /^#([A-Za-z0-9_-]{20,100})$/.exec(location.hash);
    if (!found || location.pathname !== '/projects/edit') return;
    history.replaceState(history.state, '', location.pathname + location.search);
    byLink = true;
    open(found[1]);
  }
  takeToken();
  addEventListener('hashchange', takeToken);

  heat.share.onPage('share-held', () => {
    const { send, show, say, day, copy, words, emptyOnLeaving } = heat.share;
    const { names, given } = words();
    let held = null;  // the project as the server last said
    let newer = null; // how it stands where somebody was quicker
    const form = new heat.share.Form(at('share-form'), { onSend: () => correct(form.read()) });
    const typed = (record) => Object.fromEntries(given.filter((field) => record[field]?.length).map((field) => [field, record[field]]));
    const same = (one, other) => JSON.stringify(one ?? '') === JSON.stringify(other ?? '');

    // ---- opening ----

    const shut = (fault) => { // the way in, for who comes without a link or with a wrong one
      at('share-held').hidden = true;
      at('share-door').hidden = false;
      at('share-door-fault').hidden = !fault;
      at('share-door-fault').lastElementChild.textContent = fault;
      if (fault) { at('share-door-link').setAttribute('aria-invalid', 'true'); at('share-door-link').focus(); }
    };
    at('share-door').addEventListener('submit', (event) => {
      event.preventDefault();
      const found = /(?:^|#|\/projects\/edit|\s)([A-Za-z0-9_-]{20,100})\s*$/.exec(at('share-door-link').value.trim());
      if (!found) { shut('This is not the full key. Copy all of it and paste it again.'); return; }
      [, token] = found;
      begin();
    });
    async function begin() {
      if (!token) { shut(''); return; }
      at('share-door-said').textContent = 'Opening …';
      const { status, said, body } = await send('GET', EDIT, { token });
      at('share-door-said').textContent = '';
      if (status !== 200) {
        at('share-door-link').value = token; // to press again, where only the server was away
        shut(said.replace(' Nothing you wrote is lost.', ''));
        return;
      }
      at('share-door-link').value = '';
      at('share-door-link').removeAttribute('aria-invalid');
      at('share-door').hidden = true;
      at('share-held').hidden = false;
      at('share-summary').hidden = true;
      at('share-conflict').hidden = true;
      form.fill(body.project);
      tell(body);
      at('share-status').focus();
    }
    open = (found) => {
      if (form.dirty && !confirm('You have changes that are not sent. Open the other project all the same?')) return;
      token = found;
      begin();
    };

    // ---- how it stands ----

    const STANDS = {
      waiting: ['Waiting for a reviewer', 'Nobody else sees it yet. Open your project again in a few days.'],
      waiting_shown: ['Your change waits for a reviewer', 'Until it is accepted, readers see the text as it was before.'],
      accepted: ['It is on the map', 'Everyone can see it.'],
      change_asked: ['A reviewer asks you to change something', 'Change it below and send it. It then goes back to the reviewers.'],
      change_rejected: ['Your last change was not accepted', 'Readers still see the text from before. Your text is below: fix it and send it again.'],
      rejected: ['It was not accepted', 'It is not on the map, and your key can no longer change it. If that was a slip, tell whoever runs this map: a reviewer can bring it back.'],
      withdrawn: ['You withdrew it', 'It is not on the map, and your key can no longer change it. You could share it again as a new project.'],
      hidden: ['A reviewer took it off the map', 'Your key can no longer change it. If that was a slip, tell whoever runs this map: a reviewer can bring it back.'],
    };
    function tell(now, heading = '') {
      held = now;
      draw(now, heading);
    }
    function draw(now, heading) {
      const { status, is_shown: shown, project, asked, said_out_of_date: told } = now;
      const closed = ['rejected', 'withdrawn', 'hidden'].includes(status);
      const [title, sentence] = STANDS[status === 'waiting' && shown ? 'waiting_shown' : status];
      at('share-title-of').textContent = project.title;
      at('share-status').textContent = heading || title;
      at('share-status-words').textContent = sentence;
      at('share-asked').hidden = !asked;
      at('share-asked-words').textContent = asked;
      at('share-told').hidden = closed || !told.length;
      at('share-told-words').replaceChildren(...told.map(({ day: since, reason }) => make('li', { textContent: `${day(since)}: ${reason}` })));
      at('share-when').textContent = project.last_confirmed ? `Last confirmed as true: ${day(project.last_confirmed)}.`
        : closed ? '' : 'It was taken from a public report. Once you say that it is true, or correct it, you agree for your team that it is shown here.';
      at('share-confirm').hidden = closed || !shown;
      ['share-withdraw', 'share-copy'].forEach((id) => { at(id).hidden = closed; }); // a key that opens nothing more
      at('share-taken').hidden = closed || !byLink;
      at('share-see').hidden = !shown;
      at('share-see').href = `/project/${encodeURIComponent(project.id)}`;
      at('share-correct').hidden = closed;
      at('share-closed').hidden = !closed;
      if (closed) at('share-record').replaceChildren(show(project));
      askToWithdraw(false);
    }

    /* After a deed: what came, or why not. */
    async function take(answer, then) {
      const { status, said, body } = answer;
      if (status === 200) { then(body); return; }
      if (status === 409) { meet(body.newer, said); return; }
      if (status === 410) { // closed meanwhile: what was typed is shown, so that it can be copied
        const mine = form.dirty ? form.read() : null;
        form.dirty = false;
        await begin();
        if (mine) {
          at('share-record').replaceChildren(show({ title: '', organisation: '', ...mine }));
          at('share-status-words').textContent = 'You can no longer change it. Your text is below, so that you can copy it.';
        }
        return;
      }
      form.tell(status === 422 ? body.faults || [] : [], status === 422 && body.faults?.length ? '' : said);
    }

    // ---- correcting ----

    async function correct(project, version = held.version) {
      if (form.sending) return;
      const faults = form.check();
      if (faults.length) { form.tell(faults); return; }
      form.tell([]);
      form.busy(true);
      const answer = await send('PUT', EDIT, { token, body: { project, version } });
      form.busy(false);
      take(answer, (body) => {
        at('share-conflict').hidden = true;
        form.fill(body.project);
        tell(body, 'Thank you. Your change waits for a reviewer');
        at('share-status').focus();
        at('share-state').scrollIntoView({ block: 'start' });
      });
    }

    // ---- somebody was quicker: both texts, field by field ----

    function meet(now) {
      const mine = form.read();
      const base = typed(held.project);
      const theirs = typed(now.project);
      const differ = given.filter((field) => !same(mine[field], theirs[field]));
      newer = now;
      if (!form.dirty || !differ.length) { // nothing of one's own to lose
        form.fill(now.project);
        tell(now, 'Somebody changed this project while you read');
        at('share-status-words').textContent = 'The newer text is below. Read it, then press again.';
        at('share-status').focus();
        return;
      }
      draw(now, 'Not sent yet'); // held stays as it was, so that nothing goes over the newer text by the form's own button
      at('share-status-words').textContent = '';
      at('share-confirm').hidden = true; // one thing at a time
      const side = (field, value, name, whose, chosen) => make('div', { className: 'share-side' },
        make('label', { className: 'check share-check' },
          make('input', { type: 'radio', name: `share-pick-${field}`, value: whose, checked: chosen }), make('span', { textContent: name })),
        say(field, value) || make('p', { className: 'soft', textContent: 'Nothing' }));
      at('share-conflict-rows').replaceChildren(...differ.map((field) => {
        const keepTheirs = same(mine[field], base[field]); // this answer only they have changed
        return make('fieldset', { className: 'share-pick', 'data-pick': field },
          make('legend', { className: 'label', textContent: names[field] }),
          make('div', { className: 'share-sides' },
            side(field, mine[field], 'Mine', 'mine', !keepTheirs), side(field, theirs[field], 'The newer one', 'theirs', keepTheirs)));
      }));
      at('share-conflict').hidden = false;
      at('share-conflict-title').focus();
      at('share-conflict').scrollIntoView({ block: 'start' });
    }
    const chosen = () => {
      const merged = form.read();
      document.querySelectorAll('[data-pick]').forEach((row) => {
        if (row.querySelector('input:checked').value === 'theirs') merged[row.dataset.pick] = newer.project[row.dataset.pick];
      });
      return typed(merged);
    };
    const settle = () => {
      const merged = chosen();
      tell(newer);
      form.fill(merged);
      form.dirty = true;
      return merged;
    };
    at('share-conflict-send').addEventListener('click', () => { if (!form.sending) correct(settle()); });
    at('share-conflict-form').addEventListener('click', () => {
      settle();
      at('share-conflict').hidden = true;
      form.form.querySelector('h2').focus();
    });

    // ---- the deeds that need no form ----

    at('share-confirm').addEventListener('click', async (event) => {
      if (form.sending) return;
      if (form.dirty) { form.tell([], 'You have changed the text below. Send the changes first: that counts as saying it is true today.'); return; }
      form.sending = true;
      event.currentTarget.setAttribute('aria-disabled', 'true');
      const answer = await send('POST', `${EDIT}/confirm`, { token, body: { version: held.version } });
      form.sending = false;
      at('share-confirm').removeAttribute('aria-disabled');
      take(answer, (body) => {
        form.fill(body.project);
        tell(body, 'Thank you. It is confirmed as true today');
        at('share-status').focus();
      });
    });
    function askToWithdraw(is) {
      at('share-withdraw-ask').hidden = !is;
      at('share-withdraw').setAttribute('aria-expanded', String(is));
    }
    at('share-withdraw').addEventListener('click', () => {
      askToWithdraw(at('share-withdraw-ask').hidden);
      if (!at('share-withdraw-ask').hidden) at('share-withdraw-title').focus();
    });
    at('share-withdraw-no').addEventListener('click', () => { askToWithdraw(false); at('share-withdraw').focus(); });
    at('share-withdraw-yes').addEventListener('click', async () => {
      if (form.sending) return;
      const reason = at('share-why').value.trim();
      const over = [...reason].length > 500;
      at('share-why-fault').hidden = !over;
      at('share-why-fault').lastElementChild.textContent = over ? 'This is too long. Keep it to 500 letters.' : '';
      if (over) { at('share-why').focus(); return; }
      form.sending = true;
      const answer = await send('POST', `${EDIT}/withdraw`, { token, body: { version: held.version, reason } });
      form.sending = false;
      take(answer, (body) => { form.dirty = false; tell(body); at('share-status').focus(); });
    });
    at('share-copy').addEventListener('click', () => copy(token, 'share-copied'));
    addEventListener('beforeunload', (event) => { if (form.dirty && form.form.isConnected) event.preventDefault(); });
    emptyOnLeaving(() => token);
    begin();
  });
})();
