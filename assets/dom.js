/* Comes before every other script of ours: small things that many of them do, and the list of what each offers the others.

   Scripts are plain, without modules. What one offers others, and nothing else, is a name on `heat`; tests/web/test_scripts.py holds this
   list to the scripts. guard.js, which is written into the page, uses nothing of it: it must work when nothing else has come.

   dom.js
     heat.at(id)                  the element of this id, or null
     heat.all(selector, inside)   every element that fits, as an array; in the whole document unless said
     heat.textOf(selector)        the text of the first element that fits, trimmed; "" where there is none
     heat.make(tag, more, ...children)  an element; what it has no property for becomes an attribute; a child that is nothing is left out
     heat.whenDrawn(look)         calls it now and whenever something is put into the page or taken out, as Dash does
     heat.isOwnClick(event)       whether the browser would follow a link in this tab: the first button and no other key
     heat.forDash(name, functions)  what Dash's callbacks call in the browser: dash_clientside.<name>
     heat.fold(text)              a text as it is searched: no capitals, accents or apostrophes
     heat.wordsOf(typed)          the words of what was typed, folded
     heat.save(blob, name)        gives the reader a file
     heat.putTip(tip, point, holder, low)  puts a small card beside a point: above it near the foot of the holder, or from this share of its height on

   guard.js
     heat.pageIsOld()             says that the server has a newer release than this page
     heat.isMissing(address)      whether a script or style did not come
   answers.js
     heat.ask(address, how)       the data of an answer that is what was asked for
     heat.check(answer)           throws unless our server gave it and this page is of its release
     heat.isOurs(answer)          whether our server gave it
     heat.isOld()                 whether the page is of an older release
     heat.tellDash()              has Dash draw what belongs to an address that a script changed
   words.js
     heat.turnTo(address)         goes to an address whose words may take the place of these
     heat.onWords(begin)          calls it now and whenever other words have come
   lost.js
     heat.askAgain()              asks at once for the words that did not come
     heat.tilesAgain()            and for the tiles
     heat.askWords(address, signal)  the words of another address, as HTML
   figures.js, start.js
     heat.page                    what the server says of the page
   figures.js
     heat.read(search)            what an address asks for
     heat.now                     what the address asked for when the classes on show were read
     heat.viewOf(want)            the view of a layer: its classes and units
     heat.fetchOnce(address, how, readAs)  fetches a file; the second time it is there already
     heat.loadFigures(want)       the exact values of a layer
     heat.loadRanks(want)         its ranks
     heat.loadWalk(level)         who lies north, east, south and west
     heat.loadBeyond(level)       where no neighbour lies that way
     heat.loadMiddles(level)      the middles of areas
     heat.prefetch(names)         fetches the classes of layers that may be asked for next
     heat.isKept(i)               whether the filters keep an area
     heat.classAt(i)              its class, 0 for none
     heat.flagAt(i)               why it has none, or why it is weak
     heat.valueAt(i)              its value in the card's unit
     heat.say(i)                  its value in words
     heat.draws(draw)             calls it with what is shown, now and at each change
     heat.paint(search)           shows what an address asks for
     heat.retry()                 tries again what could not be fetched
     heat.onMap(use)              calls it with the map, once there is one
     heat.mapBegan(map)           says that there is one
     heat.map                     the map
     heat.tell(words)             has words read aloud
     heat.nextSearch(changes)     the query with these changes
     heat.set(changes)            changes the address
     heat.correct(search)         puts right an address that asked for what is not there
   map_images.js
     heat.addImage(map, id)       a picture that the map's style names
     heat.drawSign(address, size)  the sign of a kind of place
     heat.drawCount(sign, count)  how many places lie together
   map.js
     heat.beginMap()              begins the map
     heat.styled                  a promise, kept once the map has its style
     heat.room()                  what panels cover of the map, in px
     heat.tip(i, point)           the small card beside an area
     heat.pointed()               the area that is pointed at
     heat.preset(name)            moves it to a place with a button
     heat.focus(data)             shows the box of what is chosen or filtered
     heat.bringIn(center, room)   moves a place out from under a panel
     heat.flyNext()               has the map fly to what is chosen next
   map.js, compare.js
     heat.choose(found)           what is done with a place that was found in the search box
   controls.js, walk.js
     heat.keyboard                whether the last choice was made by the keyboard
   walk.js
     heat.startWalk()             begins to walk the map by arrow keys
     heat.walkOn()                goes on after a place was shut
   table.js
     heat.tablePage()             the page of the table to ask for
     heat.comeBack()              brings the focus back to the row that was opened
   spots.js
     heat.spotAt(point)           whether a place's symbol is there
   drawn_map.js
     heat.keepMap(old, fresh)     keeps a map inside a page of words when its words are drawn again
   place.js
     heat.go(address, how)        goes to a place without a new page, where it can
   areas.js
     heat.areas                   names and codes of areas
   postcode.js
     heat.postcode                from a postcode to its neighbourhood
   search.js
     heat.search                  the search box
   project_form.js
     heat.share                   the form of a project, and how it is sent */
window.heat = window.heat || {};
(() => {
  heat.at = (id) => document.getElementById(id);
  heat.all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  heat.textOf = (selector) => document.querySelector(selector)?.textContent.trim() || '';

  const ATTRIBUTES = /^role$|-/; // Firefox 115 has them as attributes only
  heat.make = (tag, more = {}, ...children) => {
    const made = document.createElement(tag);
    Object.entries(more).forEach(([key, value]) => {
      if (key in made && !ATTRIBUTES.test(key)) made[key] = value;
      else made.setAttribute(key, value);
    });
    made.append(...children.flat().filter((child) => child || child === 0));
    return made;
  };

  heat.whenDrawn = (look) => {
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
    look();
  };
  heat.isOwnClick = (event) => !(event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  heat.forDash = (name, functions) => {
    window.dash_clientside = { ...window.dash_clientside, [name]: functions };
  };

  /* The same rule as fold in heatmap/projects/finding.py; tests/folded.py holds both to it. */
  heat.fold = (text) => text
    .replace(/[\u2018\u2019\u201a\u201b\u2032\u02b9\u02bb\u02bc\u02bd\u00b4\u0060\uff07]/g, "'")
    .replace(/[\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02]/g, '"')
    .replace(/[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g, '-')
    .normalize('NFKD').replace(/[\p{Mn}\p{Cf}]/gu, '').toUpperCase().toLowerCase().replace(/ς/g, 'σ')
    .replace(/'/g, '').replace(/(\p{L})-(?=\p{L})/gu, '$1 ');
  heat.wordsOf = (typed) => heat.fold(typed).split(/\s+/).filter(Boolean);

  heat.save = (blob, name) => {
    const link = heat.make('a', { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };

  heat.putTip = (tip, { x, y }, holder, low = 1) => {
    const { width, height } = holder.getBoundingClientRect();
    const left = Math.max(8, Math.min(x + 14, width - tip.offsetWidth - 8));
    tip.style.transform = `translate(${left}px, ${y > Math.min(height * low, height - 90) ? y - tip.offsetHeight - 12 : y + 16}px)`;
  };
})();
