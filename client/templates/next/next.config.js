/** The address in .env is 127.0.0.1, which the development server takes for another site than localhost. */
export default { allowedDevOrigins: ["127.0.0.1"], devIndicators: false };
