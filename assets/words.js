/* The words of a page are in its first answer (heatmap/pages/frame/drawn.py). Another query of the page, or another place, has its words at
   its own address: they are asked for there and put in the place of the old ones, so that the document and its scripts stay.

   heat.turnTo(address)    goes to an address of ours whose words may take the place of these
   heat.onWords(begin)     begin() now, and whenever other words have come
   "before-words"          told on the document before they come */
(() => {
  const { at, make } = heat;
  const here = () => location.pathname + location.search;
  let path = location.pathname;
  let shown = here();
  let asking; // for the words that are on their way

  const turn = async () => {
    asking?.abort();
    if (here() === shown || at('react-entry-point')) return; // a page of Dash turns by itself
    asking = new AbortController();
    const { signal } = asking;
    const address = here();
    const made = make('template');
    try {
      made.innerHTML = await heat.askWords(address, signal); // every word escaped: heatmap/drawing/elements.py
    } catch (fault) {
      if (!signal.aborted) throw fault;
      return;
    }
    if (!signal.aborted) put(made.content.firstElementChild, address);
  };

  const put = (page, address) => {
    document.title = page.dataset.title;
    document.dispatchEvent(new Event('before-words'));
    const inner = location.pathname === path && page.querySelector('#drawn-here');
    const [old, fresh] = inner ? [at('drawn-here'), inner] : [at('page'), page];
    const [was, map] = [old, fresh].map((each) => each.querySelector('[data-heat-map]'));
    if (was && map) heat.keepMap(was, map);
    else was?.heatMap?.remove();
    old.replaceChildren(...fresh.childNodes);
    [path, shown] = [location.pathname, address];
    document.dispatchEvent(new Event('words'));
  };

  heat.turnTo = (address) => {
    history.pushState({}, '', address);
    turn();
  };
  heat.onWords = (begin) => {
    document.addEventListener('words', begin);
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin);
    else begin();
  };
  addEventListener('popstate', turn);
})();
