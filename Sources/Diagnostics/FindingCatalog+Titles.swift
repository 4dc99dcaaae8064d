extension FindingCatalog {
    static let yaml: KeyValuePairs = [
        "complex-key": "A key is a list or a mapping instead of a single value",
        "control-character": "A character stands in the document that no document may have",
        "document-too-large": "The document is larger than the limit",
        "duplicate-key": "A mapping has one key twice",
        "empty-key": "A key has no name",
        "hidden-line-break": "A character ends the line for YAML, and not for editors",
        "not-utf8": "The document is not UTF-8",
        "second-document": "A file holds more than one document",
        "too-deep": "The document is nested too deep",
        "too-many-faults": "The document has so many faults that reading stopped",
        "too-many-nodes": "The document has more values than the limit",
        "yaml-alias": "An alias `*name` stands for another part of the document",
        "yaml-anchor": "An anchor `&name` names a part of the document",
        "yaml-directive": "A directive stands in the document",
        "yaml-syntax": "The document is not YAML",
        "yaml-tag": "A tag `!name` gives a value a type",
    ]

    static let document: KeyValuePairs = [
        "conflicting-keys": "Keys stand together of which only one may",
        "duplicate-name": "A suite or a specification has a name twice",
        "empty-document": "The document holds nothing",
        "empty-list": "A list has no entries",
        "empty-value": "A key or an entry has no value",
        "invalid-name": "A name is empty, too long, or has characters that no name has",
        "invalid-path": "The path to the name server is neither `static` nor `dynamic`",
        "missing-key": "A key is missing that must be there",
        "reserved-name": "A word with a meaning of its own stands where a process is named",
        "unknown-document": "The document is of no kind that can be checked",
        "unknown-key": "A mapping has a key that means nothing there",
        "unknown-operation": "There is no such operation",
        "unreadable": "A document cannot be read",
        "wrong-type": "A value is of the wrong kind",
    ]

    static let initDescription: KeyValuePairs = [
        "ambiguous-channel": "A client has two channels of one id",
        "assumed-process": "A channel goes to a process that only a macro can bring",
        "class-like-task": "The `name` of an entity cannot be a class, and its `task` can",
        "class-name": "A class has a name that no EDL file can have",
        "connection-cycle": "Channels form a cycle",
        "dangling-target": "A channel goes to a process that does not exist",
        "dcm-channel-id":
            "The channel to the dynamic connection manager has another id than `kl.core.DCM`",
        "duplicate-process": "Two processes have one name",
        "isolated-process": "No static channel leads to a process or from it",
        "macro-plus": "A macro with `+` stands where there is no list for it to continue",
        "macro-spelling": "A macro is nearly one of the build's, but is not",
        "misplaced-macro":
            "A macro names the program of another process than the one where it stands",
        "name-characters": "A name has a character in it that programs can hardly spell",
        "name-server-channel-id":
            "The channel to the name server has another id than the name server",
        "no-entities": "The init description declares no process",
        "repeated-channel": "A channel is listed twice",
        "repeated-class": "A class is started several times",
        "self-connection": "A process has a channel to itself",
        "task-like-class": "A process is called like the class of other processes",
        "undefined-macro": "A value has a macro in it that nothing defines",
        "unknown-macro": "A macro stands where what it brings cannot be known",
        "unmatched-macro": "A macro names another program than the one that the process runs",
    ]

    static let policy: KeyValuePairs = [
        "complement-in-permission": "An allow rule or a `must` has a condition with `not`",
        "duplicate-group": "A group is defined twice",
        "duplicate-id": "Two rules or invariants have one id",
        "duplicate-operation": "A rule lists an operation twice",
        "empty-policy": "A policy has no rules, and so denies all",
        "field-not-carried":
            "A rule has a condition on something that its operation does not carry",
        "group-cycle": "A group contains itself",
        "include-cycle": "A policy includes itself",
        "invalid-id": "An id has other characters than ids may have, or is too long",
        "invalid-pattern": "A pattern is neither a name nor a prefix nor `*`",
        "invalid-self": "The word `self` stands where there is no caller to compare with",
        "policy-too-large": "The groups of a policy expand to more patterns than the limit",
        "required-group": "A group that a policy requires is defined nowhere",
        "too-many-includes": "A policy has more files than the limit, or includes them too deep",
        "unknown-group": "There is no such group",
    ]

    static let suite: KeyValuePairs = [
        "conflicting-names": "A name is taken twice for `$name`",
        "declared-stranger": "A suite lists a process as a stranger that the solution has",
        "duplicate-caller": "A matrix lists a caller twice",
        "duplicate-target": "Two targets of a matrix have one name",
        "impossible-event": "A step decides an event that no call can bring about",
        "invalid-cause": "There is no such cause of a decision",
        "invalid-handle": "A handle is neither `$name` nor a number",
        "invalid-limit": "There is no such limit",
        "invalid-number": "A number is not one, or out of range",
        "invalid-variable": "The name of a variable starts with `$` or is empty",
        "invalid-verdict": "A verdict is neither `allow` nor `deny`",
        "matrix-too-large": "A matrix has more cells than the limit",
        "name-server-class": "A suite names a process as name server that is none",
        "no-denial": "A suite expects no denial, and would pass if everything were allowed",
        "predefined-process": "A step ends a process that is always there",
        "too-many-tests": "A test is repeated more often than the limit",
        "unknown-caller": "A matrix allows something to a caller that it does not have",
        "unknown-process": "A suite names a process that the init description does not declare",
        "unknown-retcode": "There is no such return code",
        "unknown-target": "A matrix allows a target that it does not have",
        "unknown-variable": "Nothing is called `$name`",
        "unmentioned-name": "A suite names an endpoint or an interface that no rule mentions",
    ]

    static let specification: KeyValuePairs = [
        "class-without-specification": "A process is of a class that no EDL file declares",
        "component-cycle": "A component contains itself",
        "duplicate-specification": "Two files declare the same",
        "endpoint-interface": "A rule names an endpoint with an interface that it does not offer",
        "endpoint-of-another": "A rule names an endpoint with a server that does not have it",
        "missing-block": "A part of a specification has no block in braces",
        "missing-declaration": "A specification does not begin with what it declares",
        "missing-name": "A name is missing in a specification",
        "missing-parameters": "A method has no list of parameters",
        "missing-semicolon": "A declaration does not end with `;`",
        "missing-type": "An endpoint has no interface, or a component instance no component",
        "nesting-too-deep": "Blocks stand in each other too deep",
        "second-declaration": "A file declares a second class, component or package",
        "specification-name": "A name breaks the rules for names in specifications",
        "specification-too-large": "A specification has more names than the limit",
        "too-many-members": "Classes have more endpoints and component instances than the limit",
        "unexpected-brace": "A closing bracket closes nothing",
        "unknown-declaration": "A specification has something in it that is not known",
        "unknown-endpoint": "A rule or a suite names an endpoint that no class has",
        "unknown-interface": "A rule or a suite names an interface that no specification has",
        "unknown-specification": "A file is no specification",
        "unterminated-block": "A bracket is not closed",
        "unterminated-comment": "A comment does not end",
        "unterminated-string": "A string does not end on its line",
    ]

    static let solution: KeyValuePairs = [
        "class-not-process": "A class is named where the name of a process belongs",
        "denied-channel": "The policy denies a channel that the init description declares",
        "denied-process": "The policy denies the start of a process that is declared",
        "dynamic-fallback": "A process gets to the name server by the dynamic path",
        "inert-deny": "A deny rule can deny nothing in this solution",
        "name-server-denied": "The policy does not let a process get to the name server",
        "no-name-server": "The policy has rules for a name server that is not there",
        "rule-never-fires": "A rule can never fire in this solution",
        "unknown-name": "A rule names a process or a class that is declared nowhere",
    ]

    static let approval: KeyValuePairs = [
        "access-added": "A channel is possible that was not approved",
        "access-removed": "An approved channel is no longer possible",
    ]

    static let suppression: KeyValuePairs = [
        "suppression-without-reason": "A suppression gives no reason",
        "unknown-finding": "A suppression names a finding that does not exist",
        "unused-suppression": "A suppression suppresses nothing",
    ]
}
