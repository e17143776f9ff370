// Leaves out the examples of XML.
const without = { MediaType: { enter: (media, { key }) => key === "application/xml" && delete media.example } };

module.exports = () => ({ id: "xml", preprocessors: { oas3: { "without-examples": () => without } } });
