// The pictures that a map asks for by name, drawn on a canvas: names of places, stripes and dots. Before map.js and drawn_map.js.
window.heat = window.heat || {};
(() => {
  // Names are drawn on a canvas when the style first asks for "label:<name>": no font file, no network.
  heat.addImage = (map, id) => {
    if (map.hasImage(id)) return;
    if (patterns[id]) { map.addImage(id, patterns[id](), { pixelRatio: 2 }); return; }
    if (!id.startsWith('label:')) return;
    const text = id.slice(6);
    const ratio = 2;
    const font = `600 ${13 * ratio}px ${getComputedStyle(document.body).fontFamily}`;
    const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    pen.font = font;
    pen.canvas.width = Math.ceil(pen.measureText(text).width) + 8 * ratio;
    pen.canvas.height = 20 * ratio;
    pen.font = font; // a resized canvas forgets its font
    pen.textBaseline = 'middle';
    pen.lineJoin = 'round';
    pen.lineWidth = 3 * ratio;
    pen.strokeStyle = 'rgba(255,255,255,.92)';
    pen.fillStyle = '#1d2433';
    pen.strokeText(text, 4 * ratio, 10 * ratio);
    pen.fillText(text, 4 * ratio, 10 * ratio);
    map.addImage(id, pen.getImageData(0, 0, pen.canvas.width, pen.canvas.height), { pixelRatio: ratio });
  };
  // No figure: grey stripes. A class that must not be missed: thin dark ones over its colour.
  const patterns = { dots, stripes: () => stripes('#dedad0', '#837b6c', 3), slashes: () => stripes('', '#3a2206', 2) };
  function dots() {
    const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    pen.canvas.width = pen.canvas.height = 16;
    for (const [ink, radius] of [['#ffffff', 3.2], ['#1d2433', 2]]) { // dark inside light: seen on every class
      pen.fillStyle = ink;
      pen.beginPath();
      pen.arc(8, 8, radius, 0, 7);
      pen.fill();
    }
    return pen.getImageData(0, 0, 16, 16);
  }
  function stripes(ground, ink, width) {
    const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    pen.canvas.width = pen.canvas.height = 16;
    if (ground) { pen.fillStyle = ground; pen.fillRect(0, 0, 16, 16); }
    pen.strokeStyle = ink;
    pen.lineWidth = width;
    for (const x of [-16, 0, 16]) { pen.beginPath(); pen.moveTo(x, 16); pen.lineTo(x + 16, 0); pen.stroke(); }
    return pen.getImageData(0, 0, 16, 16);
  }
})();
