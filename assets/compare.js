// The page that compares places (heatmap/pages/compare.py): what is found in its search box is added to the address, which holds codes alone.
(() => {
  const here = () => heat.at('compare-areas');
  if (heat.choose || !location.pathname.startsWith('/compare')) return; // the map chooses in its own way
  heat.choose = ({ code }) => {
    const codes = (here()?.dataset.codes || '').split(',').filter(Boolean);
    if (!codes.includes(code)) codes.push(code);
    location.assign(`/compare?areas=${codes.join(',')}`);
  };
})();
