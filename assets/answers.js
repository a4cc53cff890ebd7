// Every answer is looked at before it is used. A network may answer in our server's place, with a page of its own and status 200: such an
// answer counts as none. Our server's answers say which release it is (Heatmap-Release, heatmap/web/wrappers.py).
//
// heat.ask(address, how)   the data of an answer that is what was asked for; throws otherwise, and nothing of it is kept
// heat.check(answer)       throws unless our server gave the answer and this page is of its release
// heat.isOurs(answer)      whether our server gave it, of whatever release: for what is sent, which must not be lost to a new release
// heat.tellDash()          the address has changed by a script: Dash draws what belongs to it
(() => {
  const { release } = document.documentElement.dataset;
  const MEDIA = { json: 'application/json', bytes: 'application/octet-stream', svg: 'image/svg+xml' };
  const doubted = new Set(); // addresses that were answered wrongly: the browser's own cache may hold that answer

  class Doubt extends Error {} // an answer that is not what was asked for; the browser's cache may hold a better or a worse one

  heat.isOurs = (answer) => answer.headers.has('Heatmap-Release');
  // fixed: the browser may have kept the answer of an earlier release, and rightly. mayBeKept: the same, but then it must be asked again.
  heat.check = (answer, fixed = false, mayBeKept = false) => {
    if (fixed && answer.ok) return;
    if (!heat.isOurs(answer)) throw new Doubt('not our server');
    if (answer.headers.get('Heatmap-Release') === release && !(fixed && answer.status === 404)) return;
    if (!mayBeKept) heat.pageIsOld(); // only a new load helps, so nothing is tried again
    throw new Doubt('another release');
  };
  heat.isOld = () => document.documentElement.dataset.page === 'old';

  const take = async (address, { type, bytes, holds, fixed, ...how }) => {
    const answer = await fetch(address, how);
    heat.check(answer, fixed, how.cache === undefined);
    if (!answer.ok) throw new Error(`${answer.status}`);
    if (!answer.headers.get('Content-Type')?.startsWith(MEDIA[type])) throw new Doubt('another type');
    const data = type === 'bytes' ? await answer.arrayBuffer() : type === 'json' ? await answer.json().catch(() => { throw new Doubt('no JSON'); }) : await answer.text();
    if (bytes !== undefined && data.byteLength !== bytes) throw new Doubt('another length');
    if (!holds(data)) throw new Doubt('another shape');
    return data;
  };
  // type    json, bytes or svg
  // bytes   how long it must be, where that is known
  // holds   whether the data are of the right shape
  // fixed   whether the address holds the hash of what it gives
  heat.ask = async (address, how = {}) => {
    const asked = { type: 'json', holds: () => true, fixed: false, ...how };
    if (doubted.has(address)) asked.cache ??= 'reload';
    try {
      return await take(address, asked).catch((fault) => {
        if (!(fault instanceof Doubt) || asked.cache) throw fault;
        doubted.add(address);
        return take(address, { ...asked, cache: 'reload' });
      });
    } catch (fault) {
      if (fault.name !== 'AbortError') doubted.add(address);
      throw fault;
    }
  };

  // The event by which dcc.Link tells dcc.Location. Its name is Dash's own and may change: tests/web/test_dash_parts.py holds it.
  heat.tellDash = () => dispatchEvent(new CustomEvent('_dashprivate_pushstate'));
})();
