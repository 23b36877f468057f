"""
The language server: what `check` finds, shown in an editor while one types.

    positions   offsets of ours, lines and columns of the client's
    project     what the settings, the baseline and the decisions say of a document
    look        a document's text to what is found in it; and the author's comment that keeps a finding
    shown       what is found to diagnostics, actions and hovers
    server      the conversation with the client; nothing else knows of it

Only `shown` and `server` know the protocol. It takes the extra `lsp`.
"""
