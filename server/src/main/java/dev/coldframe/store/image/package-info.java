/// Operating system images: taken in from what was downloaded, kept under the hash of their bytes,
/// read by nodes straight out of the image.
///
/// ```
/// STATE/images/lock              held while an image is taken in or removed
/// STATE/images/<sha256>/         one image, complete; the hash is that of image.img
///     image.img  image.json  blocks.json
/// STATE/images/.part-…/          one that is being taken in, or was when the power went
/// ```
@NullMarked
package dev.coldframe.store.image;

import org.jspecify.annotations.NullMarked;
