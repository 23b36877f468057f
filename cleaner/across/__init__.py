"""
What stands in more than one file: `cleaner check --across`.

    files      which files there are, and which of them the last commit does not hold
    paths      what a path tells: which of two files is the copy, and which copies are meant
    sheets     a file as the index knows it: a digest for each block, and a sketch
    index      the sheets of all files, in an SQLite file that is brought up to date
    find       the findings about one file: proposed by the index, verified on the texts
    look       all of it, for the files of a run

A finding about a file follows from the repository and that file alone, never from which files a run names. The index
only proposes: each reported match is read from the two files themselves, so a stale or damaged index can hide a
finding but never make one up.
"""
