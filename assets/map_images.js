// The pictures that a map asks for by name, drawn on a canvas: names of places, stripes and dots, signs of places and their counts.
// Before map.js and drawn_map.js.
(() => {
  const newPen = () => heat.make('canvas').getContext('2d', { willReadFrequently: true });

  // Names are drawn on a canvas when the style first asks for "label:<name>": no font file, no network.
  heat.addImage = (map, id) => {
    if (map.hasImage(id)) return;
    if (patterns[id]) { map.addImage(id, patterns[id](), { pixelRatio: 2 }); return; }
    if (!id.startsWith('label:')) return;
    const text = id.slice(6);
    const ratio = 2;
    const font = `600 ${13 * ratio}px ${getComputedStyle(document.body).fontFamily}`;
    const pen = newPen();
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
    const pen = newPen();
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
    const pen = newPen();
    pen.canvas.width = pen.canvas.height = 16;
    if (ground) { pen.fillStyle = ground; pen.fillRect(0, 0, 16, 16); }
    pen.strokeStyle = ink;
    pen.lineWidth = width;
    for (const x of [-16, 0, 16]) { pen.beginPath(); pen.moveTo(x, 16); pen.lineTo(x + 16, 0); pen.stroke(); }
    return pen.getImageData(0, 0, 16, 16);
  }

  // ---- signs of places ----

  const RATIO = 2;
  // A shape with 2 px of white around it, so that it is seen on any colour of the map; gives a canvas.
  heat.drawSign = async (address, size = 26) => {
    const image = new Image();
    image.src = address;
    await image.decode();
    const side = (size + 6) * RATIO;
    const canvas = () => heat.make('canvas', { width: side, height: side });
    const at = 3 * RATIO;
    const white = canvas().getContext('2d');
    white.drawImage(image, at, at, size * RATIO, size * RATIO);
    white.globalCompositeOperation = 'source-in';
    white.fillStyle = '#fff';
    white.fillRect(0, 0, side, side);
    const pen = canvas().getContext('2d', { willReadFrequently: true });
    for (let turn = 0; turn < 16; turn++) {
      pen.drawImage(white.canvas, 2 * RATIO * Math.cos(turn * Math.PI / 8), 2 * RATIO * Math.sin(turn * Math.PI / 8));
    }
    pen.drawImage(image, at, at, size * RATIO, size * RATIO);
    return pen.canvas;
  };

  // How many lie together: a white pill with the kind's sign and the number. No font file.
  heat.drawCount = (sign, count) => {
    const pen = newPen();
    const font = `700 ${13 * RATIO}px ${getComputedStyle(document.body).fontFamily}`;
    pen.font = font;
    const [width, height] = [Math.ceil(pen.measureText(count).width) + 38 * RATIO, 26 * RATIO];
    pen.canvas.width = width;
    pen.canvas.height = height;
    pen.font = font; // a resized canvas forgets its font
    pen.fillStyle = '#fff';
    pen.strokeStyle = '#1d2433';
    pen.lineWidth = RATIO;
    pen.beginPath();
    pen.roundRect(RATIO / 2, RATIO / 2, width - RATIO, height - RATIO, height / 2);
    pen.fill();
    pen.stroke();
    pen.drawImage(sign, 3 * RATIO, 2 * RATIO, 22 * RATIO, 22 * RATIO);
    pen.fillStyle = '#1d2433';
    pen.textBaseline = 'middle';
    pen.fillText(count, 28 * RATIO, height / 2 + RATIO / 2);
    return pen.getImageData(0, 0, width, height);
  };
})();
