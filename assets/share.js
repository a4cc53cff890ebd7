/* Share a project (heatmap/pages/share.py). What is typed stays in this page until it is sent. Only a tick of "Keep a draft on this
   computer" keeps it in the browser; sending, forgetting or taking the tick away takes it out. The private link is never kept. */
window.heat = window.heat || {};
(() => {
  const DRAFT = 'share-draft';
  const at = (id) => document.getElementById(id);
  const clock = () => new Date().toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });

  heat.share.onPage('share-page', () => {
    const { send, copy, make, emptyOnLeaving } = heat.share;
    let later = 0;
    let link = '';
    let saved = false; // the link was copied or saved
    let first = null;  // what was sent when no answer came: the server may have kept it
    const form = new heat.share.Form(at('share-form'), { onSend: share, onChange: keepSoon });
    // Random, for this page alone: what is sent again after a lost answer is kept once. It is as good as the link, so it is kept nowhere.
    const key = [...crypto.getRandomValues(new Uint8Array(24))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

    // ---- the draft ----

    const say = (words) => { at('share-draft-said').textContent = words; };
    const drop = () => { clearTimeout(later); try { localStorage.removeItem(DRAFT); } catch { /* it keeps nothing then */ } };
    function keep() {
      try {
        localStorage.setItem(DRAFT, JSON.stringify(form.read()));
        say(`Draft kept at ${clock()}.`);
        at('share-forget').hidden = false;
      } catch {
        at('share-keep').checked = false;
        say('This browser would not keep a draft.');
      }
    }
    function keepSoon() {
      if (!at('share-keep').checked) return;
      clearTimeout(later);
      later = setTimeout(keep, 500);
    }
    function forget() {
      drop();
      at('share-keep').checked = false;
      at('share-forget').hidden = true;
      say('Forgotten: the draft is no longer on this computer. What you see here stays until you leave this page.');
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
      if (!link && at('share-keep').checked) { keep(); return; }
      if (link ? saved : !form.dirty) return;
      event.preventDefault();
    });

    emptyOnLeaving(() => link);

    // ---- sending ----

    async function share() {
      if (form.sending) return;
      const faults = form.check();
      if (faults.length) { form.tell(faults); return; }
      form.tell([]);
      form.busy(true);
      const project = form.read();
      const { status, said, body } = await send('POST', '/api/v1/projects', { body: { project, consent: true, website: at('project-website').value, key } });
      if (status === 201) {
        const token = body.edit_link.split('#')[1];
        // An answer was lost before, and the text has changed since: what was kept then is put right now.
        const amend = first && JSON.stringify(first) !== JSON.stringify(project)
          ? await send('PUT', '/api/v1/projects/edit', { token, body: { project, version: body.version } }) : { status: 200 };
        form.busy(false);
        finish(location.origin + body.edit_link, amend.status);
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

    function finish(address, amended) {
      link = address;
      drop();
      form.dirty = false;
      at('share-page').hidden = true;
      at('share-sent').hidden = false;
      at('share-link').value = link;
      if (amended !== 200) at('share-copied').textContent = 'Your last changes did not reach us. Copy the link, open it, and send them again.';
      at('share-sent-title').focus();
      scrollTo(0, 0);
    }
    at('share-copy').addEventListener('click', async () => { saved = await copy(link, 'share-copied', at('share-link')) || saved; });
    at('share-link').addEventListener('copy', () => { saved = true; });
    at('share-link').addEventListener('focus', () => at('share-link').select());
    at('share-save').addEventListener('click', () => {
      const words = `${at('project-title').value.trim()}\nThe private link to correct, confirm or withdraw it on the WHAM HeatMap. Keep it like a key.\n${link}\n`;
      const file = URL.createObjectURL(new Blob([words], { type: 'text/plain' }));
      make('a', { href: file, download: 'private-link.txt' }).click();
      setTimeout(() => URL.revokeObjectURL(file), 10_000);
      saved = true;
      at('share-copied').textContent = 'Saved as private-link.txt, where your downloads go.';
    });
  });
})();
