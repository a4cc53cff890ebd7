/* Share a project (heatmap/pages/share/page.py). What is typed stays in this page until it is sent. Only a tick of "Keep a draft on this
   computer" keeps it in the browser; sending, forgetting or taking the tick away takes it out. The private key is never kept, and is in no address:
   a link with it would stay in the history of every browser that opens it. */
(() => {
  const DRAFT = 'share-draft';
  const { at } = heat;
  const clock = () => new Date().toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });

  heat.share.onPage('share-page', () => {
    const { send, copy, emptyOnLeaving } = heat.share;
    let later = 0;
    let secret = ''; // the private key
    let saved = false; // it was copied or saved
    let first = null;  // what was sent when no answer came: the server may have kept it
    const form = new heat.share.Form(at('share-form'), { onSend: share, onChange: keep });
    // Random, for this page alone: what is sent again after a lost answer is kept once. It ends after a day, and is kept nowhere.
    const random = () => [...crypto.getRandomValues(new Uint8Array(24))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    let key = random();
    const post = (project) => send('POST', '/api/v1/projects', { body: { project, consent: true, website: at('project-website').value, key } });

    // ---- the draft ----

    const line = at('share-draft-said'); // a late word must not fail when the reader has gone to another page
    const say = (words) => { clearTimeout(later); line.textContent = words; };
    const drop = () => { clearTimeout(later); try { localStorage.removeItem(DRAFT); } catch { /* it keeps nothing then */ } };
    // Kept at every key: a page may be closed right after the last one. The words wait for a pause, or a screen reader would read them
    // out at every key.
    function keep() {
      if (!at('share-keep').checked) return;
      try {
        localStorage.setItem(DRAFT, JSON.stringify(form.read()));
        at('share-forget').hidden = false;
        clearTimeout(later);
        later = setTimeout(() => say(`Draft kept at ${clock()}.`), 500);
      } catch {
        at('share-keep').checked = false;
        say('We could not save a draft in this browser.');
      }
    }
    function forget() {
      drop();
      at('share-keep').checked = false;
      at('share-forget').hidden = true;
      say('We deleted the draft from this computer. This page keeps your text until you close it.');
    }
    at('share-keep').addEventListener('change', () => { if (at('share-keep').checked) keep(); else forget(); });
    at('share-forget').addEventListener('click', () => { forget(); at('share-keep').focus(); });
    try {
      const draft = JSON.parse(localStorage.getItem(DRAFT) || 'null');
      if (draft && typeof draft === 'object') {
        form.fill(draft);
        at('share-keep').checked = true;
        at('share-forget').hidden = false;
        say('This is the draft that you kept on this computer.');
      }
    } catch { drop(); }

    addEventListener('beforeunload', (event) => {
      if (!at('share-page')?.isConnected) return;
      if (secret ? saved : at('share-keep').checked || !form.dirty) return;
      event.preventDefault();
    });

    emptyOnLeaving(() => secret);

    // ---- sending ----

    async function share() {
      if (form.sending) return;
      const faults = form.check();
      if (faults.length) { form.tell(faults); return; }
      form.tell([]);
      form.busy(true);
      const project = form.read();
      // An answer was lost before, so the server may have kept what was sent then. The same is sent again: it is kept once. If the text
      // has changed since, that is put right behind it.
      const changed = first && JSON.stringify(first) !== JSON.stringify(project);
      let { status, said, body } = await post(changed ? first : project);
      if (changed && status === 422) { first = null; ({ status, said, body } = await post(project)); } // it was not kept
      if (status === 409) { key = random(); first = null; ({ status, said, body } = await post(project)); } // the key came with another text: this one is a project of its own
      if (status === 201) {
        const amend = changed && first
          ? await send('PUT', '/api/v1/projects/edit', { token: body.edit_key, body: { project, version: body.version } }) : { status: 200 };
        form.busy(false);
        finish(body.edit_key, amend.status);
        return;
      }
      form.busy(false);
      if (status === 0 || status >= 500) first = first || project;
      if (body.faults?.some((fault) => fault.field === 'website')) { // the trap for robots caught what fills in forms by itself
        at('project-website').value = '';
        form.tell([], 'Your browser filled in a field that has to stay empty. We emptied it: press the button once more.');
        return;
      }
      form.tell(status === 422 ? body.faults || [] : [], status === 422 && body.faults?.length ? '' : said);
    }

    function finish(token, amended) {
      secret = token;
      drop();
      form.dirty = false;
      at('share-page').hidden = true;
      at('share-sent').hidden = false;
      at('share-link').value = secret;
      at('share-way').textContent = `${location.origin}/projects/edit`;
      if (amended !== 200) at('share-copied').textContent = 'Your last changes did not reach us. Copy the key, open your project with it, and send them again.';
      at('share-sent-title').focus();
      scrollTo(0, 0);
    }
    at('share-copy').addEventListener('click', async () => { saved = await copy(secret, 'share-copied', at('share-link')) || saved; });
    at('share-link').addEventListener('copy', () => { saved = true; });
    at('share-link').addEventListener('focus', () => at('share-link').select());
    at('share-save').addEventListener('click', () => {
      const words = [at('project-title').value.trim(), 'Your private key to correct, confirm or withdraw it on the WHAM HeatMap. Keep it safe.',
        `1. Open ${location.origin}/projects/edit`, '2. Paste this key:', secret, ''].join('\n');
      heat.save(new Blob([words], { type: 'text/plain' }), 'private-key.txt');
      saved = true;
      at('share-copied').textContent = 'Saved as private-key.txt, where your downloads go.';
    });
  });
})();
