#!/usr/bin/env python3
"""A bill of materials (CycloneDX 1.6) of a release: every package with a file in it, and the runtime, with versions, hashes and licences.

    sbom.py VERSION RUNTIME project.assets.json…
"""
import base64, datetime, json, os, re, sys, uuid


def licence(folder, name):
    try:
        text = open(os.path.join(folder, name.lower() + ".nuspec"), encoding="utf-8-sig").read()
    except OSError:
        return None
    found = re.search(r'<license type="expression">([^<]+)<', text)
    if found:
        return [{"expression": found[1]}] if " " in found[1] else [{"license": {"id": found[1]}}]
    found = re.search(r"<licenseUrl>([^<]+)<", text)
    return [{"license": {"name": "see its address", "url": found[1]}}] if found else None


def read(file, runtime, components, edges):
    assets = json.load(open(file))
    folders = list(assets["packageFolders"])
    target = next(t for n, t in assets["targets"].items() if n.endswith("/" + runtime))

    def used(package):
        # Analysers and build-time packages leave no file in the program.
        return any(not p.endswith("_._") for kind in ("runtime", "native") for p in package.get(kind, {}))

    versions = {key.split("/")[0].lower(): key for key, package in target.items() if package["type"] == "package"}
    for key, package in target.items():
        if package["type"] != "package" or not used(package):
            continue
        name, version = key.split("/")
        library = assets["libraries"][key]
        ref = f"pkg:nuget/{name}@{version}"
        folder = next((f for f in (os.path.join(p, library["path"]) for p in folders) if os.path.isdir(f)), "")
        component = {"type": "library", "bom-ref": ref, "name": name, "version": version, "purl": ref, "hashes": [{"alg": "SHA-512", "content": base64.b64decode(library["sha512"]).hex()}]}
        if licences := licence(folder, name):
            component["licenses"] = licences
        components[ref] = component
        needs = (versions.get(d.lower()) for d in package.get("dependencies", {}))
        edges.setdefault(ref, set()).update("pkg:nuget/" + k.replace("/", "@") for k in needs if k and used(target[k]))
    # The runtime itself, which the SDK fetches beside the packages.
    for framework in assets["project"]["frameworks"].values():
        for pack in framework.get("downloadDependencies", []):
            name = pack["name"]
            if not name.lower().endswith(runtime) or "Crossgen" in name or "ILCompiler" in name:
                continue
            version = pack["version"].strip("[]").split(",")[0].strip()
            ref = f"pkg:nuget/{name}@{version}"
            folder = next((f for f in (os.path.join(p, name.lower(), version) for p in folders) if os.path.isdir(f)), "")
            component = {"type": "framework", "bom-ref": ref, "name": name, "version": version, "purl": ref}
            digest = os.path.join(folder, f"{name.lower()}.{version}.nupkg.sha512")
            if os.path.exists(digest):
                component["hashes"] = [{"alg": "SHA-512", "content": base64.b64decode(open(digest).read()).hex()}]
            if licences := licence(folder, name):
                component["licenses"] = licences
            components[ref] = component


def main():
    version, runtime, files = sys.argv[1], sys.argv[2], sys.argv[3:]
    components, edges = {}, {}
    for file in files:
        read(file, runtime, components, edges)
    own = f"pkg:generic/chatmonolith@{version}?arch={runtime}"
    listed = [components[ref] for ref in sorted(components)]
    made = datetime.datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    bill = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        # The same content has the same number.
        "serialNumber": "urn:uuid:" + str(uuid.uuid5(uuid.NAMESPACE_URL, own + json.dumps(listed))),
        "version": 1,
        "metadata": {"timestamp": made, "component": {"type": "application", "bom-ref": own, "name": "ChatMonolith", "version": version}},
        "components": listed,
        "dependencies": [{"ref": own, "dependsOn": sorted(components)}] + [{"ref": ref, "dependsOn": sorted(n for n in edges.get(ref, ()) if n in components)} for ref in sorted(components)],
    }
    json.dump(bill, sys.stdout, indent=1, ensure_ascii=False)
    print()


main()
