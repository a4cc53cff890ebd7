// Charts of indicators (heatmap/indicators/chart.py) as PNG: the SVG is fetched from our own server and drawn here, twice as large.
(() => {
  const SCALE = 2;

  async function draw(address) {
    const url = URL.createObjectURL(new Blob([await heat.ask(address, { type: 'svg' })], { type: 'image/svg+xml' }));
    const picture = new Image();
    picture.src = url;
    await picture.decode();
    const canvas = heat.make('canvas', { width: picture.width * SCALE, height: picture.height * SCALE });
    canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(url);
    return new Promise((done) => { canvas.toBlob(done, 'image/png'); });
  }

  document.addEventListener('click', async (event) => {
    const button = event.target.closest('[data-png]');
    if (!button) return;
    const words = button.lastChild;
    try {
      const blob = await draw(button.dataset.png);
      heat.save(blob, `${button.dataset.name}.png`);
      words.textContent = 'PNG';
    } catch {
      words.textContent = 'PNG: not fetched, press again';
    }
  });
})();
