"""MTOP's meaning representations: what an utterance asks for, and with which kinds of detail."""

from pyterrier_optical.errors import OpticalError, shown


def intent_and_structure(parse: str) -> tuple[str, str]:
    """Read a decoupled parse such as ``[IN:CREATE_CALL [SL:CONTACT Amina ] ]``.

    The structure keeps the nested labels and forgets the words and the order, both of which differ between languages.

    Args:
        parse: The decoupled form of Li et al. (2021): labels in brackets, everything separated by white space.

    Returns:
        The top-level intent, and a canonical form of the tree of labels that is equal for equal structures.

    Raises:
        OpticalError: The brackets do not form one tree.

    Example:
        >>> intent_and_structure("[IN:CREATE_CALL [SL:NAME_APP skype ] [SL:CONTACT Amina ] ]")
        ('IN:CREATE_CALL', '[IN:CREATE_CALL[SL:CONTACT][SL:NAME_APP]]')
        >>> intent_and_structure("[IN:CREATE_CALL [SL:CONTACT Amina ] [SL:NAME_APP skype ] ]")[1] == _[1]
        True
    """
    open_nodes: list[tuple[str, list[str]]] = [("", [])]
    for piece in parse.split():
        if piece.startswith(("[IN:", "[SL:")):
            open_nodes.append((piece[1:], []))
        elif piece == "]":
            label, children = open_nodes.pop()
            if not open_nodes:
                break
            open_nodes[-1][1].append(f"[{label}{''.join(sorted(children))}]")
    if len(open_nodes) != 1 or len(open_nodes[0][1]) != 1 or not parse.lstrip().startswith("[IN:"):
        raise OpticalError(
            f"The MTOP parse {shown(parse)} is not one tree of [IN: ...] and [SL: ...]: fix the data file."
        )
    return parse.split(maxsplit=1)[0][1:], open_nodes[0][1][0]
