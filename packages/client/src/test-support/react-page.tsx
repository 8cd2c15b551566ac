import { StrictMode } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { App } from './react-app.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('The page has no element to hydrate.');
hydrateRoot(
  root,
  <StrictMode>
    <App />
  </StrictMode>,
);
