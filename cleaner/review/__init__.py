"""
Going through findings one after another, on a page in one's own browser.

    journal    what was done, on disk before it is done
    session    the files, what is found in them now, and what may be done about it
    views      what the page shows
    app        who may ask, and how: the web part, on Flask
"""
