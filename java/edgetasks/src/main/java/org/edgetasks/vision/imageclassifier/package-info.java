/** Names what is in pictures. */
package org.edgetasks.vision.imageclassifier;
