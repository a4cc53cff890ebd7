/* Works only for a reader who has pressed "Save for offline" (assets/leaflet.js): when our server cannot be reached, or the network answers
   in its place, the kept leaflet is shown; "Forget this leaflet" on it takes it off this device. It touches no other request. */
const CACHE = 'leaflets';
const FORGOTTEN = '<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>Forgotten</title><p>This leaflet is no longer on this device.</p></html>';
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.mode !== 'navigate' || !url.pathname.endsWith('/leaflet')) return;
  event.respondWith(url.searchParams.has('forget') ? forget(url) : show(event.request, url));
});
async function show(request, url) {
  const answer = await fetch(request).catch(() => Response.error());
  return answer.headers.has('Heatmap-Release') ? answer : (await kept(url)) || answer;
}
async function kept(url) {
  const cache = await caches.open(CACHE);
  return (await cache.match(url.pathname + url.search)) || cache.match(url.pathname, { ignoreSearch: true });
}
async function forget(url) {
  const cache = await caches.open(CACHE);
  await cache.delete(url.pathname, { ignoreSearch: true });
  if (!(await cache.keys()).length) {
    await caches.delete(CACHE);
    await self.registration.unregister();
  }
  return new Response(FORGOTTEN, { headers: { 'Content-Type': 'text/html; charset=utf-8' } });
}
