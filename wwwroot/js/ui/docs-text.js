// Sentences around the documents; what is in the documents is English, as they are in the repository.

/** Of the pages under `/docs`: their list, their search, and each document. */
export const docsText = Object.freeze({
  search: 'Search the documents',
  find: 'Find',
  contents: 'Contents',
});
